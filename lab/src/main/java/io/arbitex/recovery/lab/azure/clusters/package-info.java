/** Managed clusters: the lab's Kubernetes, one process for each that was ordered. */
package io.arbitex.recovery.lab.azure.clusters;
