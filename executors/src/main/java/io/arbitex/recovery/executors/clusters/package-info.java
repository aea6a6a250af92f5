/**
 * {@code aks.backup}: brings the platform's cluster back from its backup (runbook, section 2). The
 * old cluster is stopped first, since its workloads may live on behind an API that nobody reaches.
 * Then the objects of the platform's namespace are restored into a standby or a new cluster and
 * counted. Traffic is not touched: that is the cutover of the cluster.
 */
package io.arbitex.recovery.executors.clusters;
