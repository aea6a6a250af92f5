/**
 * Access to the platform's cluster: sessions with limits, what an error means, commands and files
 * in pods, a pod of our own on a volume claim, and scaling a StatefulSet so that a later owner bars
 * an earlier one.
 */
package io.arbitex.recovery.executors.kubernetes;
