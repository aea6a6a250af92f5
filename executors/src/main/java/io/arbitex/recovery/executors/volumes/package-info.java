/**
 * Persistent volumes (runbook, section 3). {@code pvc.snapshot} makes a disk from the newest good
 * snapshot beside the lost one, and a pod of ours looks at what is on it before anybody else does.
 * {@code cutover.volume} puts it behind the claim in the platform's name: rivals paused, old volume
 * kept, workloads stopped, claim replaced, workloads started. Until they are started all of it is
 * undone; the old volume and its disk are kept in any case.
 */
package io.arbitex.recovery.executors.volumes;
