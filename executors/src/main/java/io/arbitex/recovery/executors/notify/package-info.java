/** {@code notify.slack}: tells people, in a channel that the policy names. */
package io.arbitex.recovery.executors.notify;
