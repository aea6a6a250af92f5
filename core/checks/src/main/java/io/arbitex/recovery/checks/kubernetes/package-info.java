/**
 * Proofs that are taken in the platform's cluster: rollouts that are complete, no crash loop, and
 * commands in pods; and how a client of the cluster is opened from the inventory.
 */
package io.arbitex.recovery.checks.kubernetes;
