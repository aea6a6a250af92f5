/**
 * Decider and engine in one thread with a model of the world around them: virtual time, seeded
 * delays, duplicates, crashes and takeovers. A failing seed can be run again by itself.
 */
package io.arbitex.recovery.decider.simulation;
