/**
 * Proves the result of a recovery: runs the whole suite of checks for a command, publishes each
 * outcome and a verdict, the measured loss, and at the end of an incident the phases against their
 * targets. It reads only; a run that dies is simply run again.
 */
package io.arbitex.recovery.verifier;
