/**
 * The service that carries out the steps of a plan: one binary with a worker per store, each
 * started with {@code --only}. What a step does is a procedure; that it happens exactly once is the
 * engine's and {@code ownership}'s work.
 */
package io.arbitex.recovery.executors;
