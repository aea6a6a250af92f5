/** What the alerts of monitoring systems are taken for, and which ones mean nothing to anybody. */
package io.arbitex.recovery.console.alerts;
