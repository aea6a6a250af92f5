/**
 * The door to Azure's Resource Manager, by Azure's own client library: who is asking, what a
 * refusal means for a step, flexible servers of PostgreSQL, and long-running operations that are
 * waited for across a crash.
 */
package io.arbitex.recovery.executors.azure;
