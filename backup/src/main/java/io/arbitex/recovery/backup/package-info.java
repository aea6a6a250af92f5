/**
 * Takes backups on a schedule. Each is a restore point: a dump, its checksum, and the baseline that
 * was measured in the same snapshot, so that a restore of it can be proven row for row.
 */
package io.arbitex.recovery.backup;
