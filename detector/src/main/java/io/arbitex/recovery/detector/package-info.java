/**
 * Probes that look at the protected components and say on {@code recovery.health} what they see: on
 * change, while it is bad, and as a heartbeat. One process is one observer; what is confirmed is
 * for a quorum of them to say, and for the classifier to count.
 */
package io.arbitex.recovery.detector;
