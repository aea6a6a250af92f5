/**
 * Alerts of monitoring systems come in: by HTTP, or pulled from Event Grid. What they say is read
 * and mapped in {@code core/alerts}; here is who may send, how much, and what the sender is told.
 *
 * <p>A sender is told that its alert was received only once Kafka has it; else it is told to come
 * again. What comes twice is known by its identity and changes nothing.
 */
package io.arbitex.recovery.detector.alerts;
