/**
 * The library of proofs: is the data back, is it whole, and how much of it is lost. Used by the
 * detector, the executors, the verifier and the backups, so that all of them mean the same by
 * "right".
 */
package io.arbitex.recovery.checks;
