/**
 * What people write: the inventory ({@code platform.yaml}) and the policy ({@code runbook.yaml}),
 * and the reader that finds all mistakes of a file at once, each as {@code file:line: field: what}.
 */
package io.arbitex.recovery.configuration;
