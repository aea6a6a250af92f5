/**
 * How many platforms may recover at once, and which: pure, for one task that hears of all of them.
 */
package io.arbitex.recovery.decider.fleet;
