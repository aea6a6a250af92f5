/**
 * What every service needs to live: its configuration, its Kafka clients, the topics and their
 * schemas, the current bindings, a health and metrics page, and an orderly end.
 */
package io.arbitex.recovery.runtime;
