/**
 * {@code postgresql.dump} (runbook, section 1c): the newest good dump into a fresh database beside
 * the old one, proven there, and closed to the platform until a cutover opens it.
 */
package io.arbitex.recovery.executors.postgresql;
