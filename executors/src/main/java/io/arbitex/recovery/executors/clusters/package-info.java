/**
 * A lost cluster is brought back (runbook, section 2).
 *
 * <p>{@code aks.backup} restores the objects of the platform's namespace from the cluster's backup
 * into a standby or a new cluster, where nothing may run yet, and counts them. It does not touch
 * the old cluster.
 *
 * <p>{@code aks.rebuild} makes a new cluster, held like that, fills its secrets from the key vault
 * and lets Helm install the platform; where there is no backup, or none that can be restored.
 *
 * <p>{@code cutover.cluster} looks once more whether the old cluster is lost, stops it, since its
 * workloads may live on behind an API that nobody reaches, lets the platform run in the restored
 * one, and leads customers there. Before that last step all can be given back.
 */
package io.arbitex.recovery.executors.clusters;
