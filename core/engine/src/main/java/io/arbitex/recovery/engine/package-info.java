/**
 * Durable actions: a procedure is carried out so that it may be killed at any moment and still has
 * its effect exactly once. Everything outside is a port ({@link
 * io.arbitex.recovery.engine.Journal}, {@link io.arbitex.recovery.engine.Lease}, {@link
 * io.arbitex.recovery.engine.KillSwitch}, {@link io.arbitex.recovery.engine.ProgressSink}, a
 * clock), so the same code runs on Kafka, on a file, and in a seeded simulation.
 */
package io.arbitex.recovery.engine;
