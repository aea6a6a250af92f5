/**
 * What the alerts of monitoring systems say, whoever sends them: bytes become {@link
 * io.arbitex.recovery.alerts.ReceivedAlert}s, and those become health events of the components that
 * the inventory names for them. Pure functions: the detector's receivers and {@code dr alerts test}
 * use the same.
 */
package io.arbitex.recovery.alerts;
