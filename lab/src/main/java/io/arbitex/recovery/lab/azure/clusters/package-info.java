/**
 * Managed clusters: the lab's Kubernetes, one process for each that was ordered; their extensions,
 * and who is let into them.
 */
package io.arbitex.recovery.lab.azure.clusters;
