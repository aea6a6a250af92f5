/**
 * Looks at the cluster that a platform's workloads run in: whether its API answers and says that it
 * is ready, which nodes are, and which pods crash again and again. What a refusal or an error means
 * is decided apart from how it is asked.
 */
package io.arbitex.recovery.detector.clusters;
