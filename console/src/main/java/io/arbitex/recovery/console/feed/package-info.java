/** Reads the topics for people: everything from a moment on, or as it comes. */
package io.arbitex.recovery.console.feed;
