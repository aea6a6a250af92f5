/**
 * When Kafka is away the pipeline can neither act nor tell anybody. An observer then pages
 * directly, and the heartbeat to a service outside stops, which pages when the observer itself is
 * gone.
 */
package io.arbitex.recovery.detector.outage;
