/**
 * Messages to people: how Slack and PagerDuty want them, and posting one. Used by the executors for
 * incidents, and by the detectors when Kafka is away.
 */
package io.arbitex.recovery.runtime.notify;
