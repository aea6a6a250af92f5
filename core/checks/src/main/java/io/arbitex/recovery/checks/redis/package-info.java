/**
 * What a Redis says of itself, read the same way by whoever observes, restores and proves: its
 * INFO, its errors, and a connection with limits.
 */
package io.arbitex.recovery.checks.redis;
