/**
 * What makes a cluster of mere objects: the controllers of workloads, volumes and ownership, and
 * the scheduler. Each looks at all its objects and does the next step towards what they say; one
 * thread runs them all, whenever something has changed. Decisions with arithmetic are plain
 * functions apart.
 */
package io.arbitex.recovery.lab.kubernetes.controllers;
