/**
 * {@code postgresql.pitr} (runbook, 1b): Azure restores a flexible server to a moment, as a new
 * server. Which moment is decided by what was proven, not by what rows say of themselves; the wait
 * for Azure outlives this process; what Azure does not carry over is compared with the source and
 * applied; and only a database whose whole audit chain holds is ever cut over to.
 */
package io.arbitex.recovery.executors.pitr;
