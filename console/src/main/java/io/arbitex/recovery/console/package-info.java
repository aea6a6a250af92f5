/** The {@code dr} command line for people: look, hold, approve, retry, replay. */
package io.arbitex.recovery.console;
