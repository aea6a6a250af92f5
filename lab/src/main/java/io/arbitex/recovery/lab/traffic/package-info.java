/**
 * Clients of the platform: they send audit events at a bounded rate, and keep a ledger of those
 * that were acknowledged. The ledger is the lab's truth about what was lost; nothing of the
 * pipeline reads it.
 */
package io.arbitex.recovery.lab.traffic;
