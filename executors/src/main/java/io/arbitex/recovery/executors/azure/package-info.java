/**
 * The door to Azure, by Azure's own client libraries: who is asking, what a refusal means for a
 * step, flexible servers of PostgreSQL, long-running operations that are waited for across a crash,
 * a secret of a key vault, and a record set of DNS.
 */
package io.arbitex.recovery.executors.azure;
