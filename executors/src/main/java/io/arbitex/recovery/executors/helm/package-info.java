/**
 * The platform's chart, rendered and installed by Helm's own library: what it renders to is read
 * before anything is made, and it is installed into a cluster that nobody uses yet.
 */
package io.arbitex.recovery.executors.helm;
