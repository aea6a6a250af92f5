/**
 * The workloads that write to the platform's database. A cutover scales them to 0, so that no write
 * is acknowledged by a database that may not be the platform's any more, and starts them again: on
 * the new database, or, when nothing was cut over, on the old one. How many replicas there were
 * stands in the journal and on the workloads; a 0 never overwrites it.
 */
package io.arbitex.recovery.executors.writers;
