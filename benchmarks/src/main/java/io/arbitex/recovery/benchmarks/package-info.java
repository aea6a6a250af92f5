/**
 * Speed, always as a ratio to the best plain alternative in the same run; never from a timed unit
 * test.
 */
package io.arbitex.recovery.benchmarks;
