/**
 * An incident as people look at it: what was seen, decided, done and proven, the phases against
 * their targets, where time went; as terminal lines, Markdown and JSON. Pure but for the writing.
 */
package io.arbitex.recovery.console.report;
