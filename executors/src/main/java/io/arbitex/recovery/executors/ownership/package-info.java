/**
 * Who may carry a command out. A consumer group gives each partition of commands to one process; a
 * transactional producer per partition makes that process's journal writes the only ones that
 * succeed; the journal is the queue. What was proven about this in practice is in the project's
 * facts: fencing holds through a transaction that carries a record, never through an empty one.
 */
package io.arbitex.recovery.executors.ownership;
