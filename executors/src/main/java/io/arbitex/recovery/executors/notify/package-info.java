/**
 * {@code notify.slack} and {@code notify.pagerduty}: tell people, in a channel that the policy
 * names. The messages of one page arrive in the order in which they were decided, or not at all.
 */
package io.arbitex.recovery.executors.notify;
