/**
 * Looks at persistent volumes through the cluster: the claim, the volume behind it, the pods that
 * are to mount it, and what the cluster says when they cannot. What lives in the cluster is unknown
 * while the cluster does not answer.
 */
package io.arbitex.recovery.detector.volumes;
