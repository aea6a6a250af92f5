package io.arbitex.recovery.lab.platform;

/**
 * What the platform answers.
 *
 * @param status of HTTP
 * @param body written as JSON
 */
record Answer(int status, Object body) {}
