/**
 * Long-running operations: begun by a request, done by a thread, remembered, and taken up again.
 */
package io.arbitex.recovery.lab.azure.operations;
