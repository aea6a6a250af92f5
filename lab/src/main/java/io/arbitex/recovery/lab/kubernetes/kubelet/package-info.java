/**
 * The nodes: pods as local processes, volumes as folders, probes, restarts, logs. There are no
 * mount namespaces, for they need privileges: a mount is a link under the container's own root, and
 * absolute mount paths in commands, arguments, variables and execs are translated to it. Every
 * process of a container carries the container's mark in its environment, by which it is found
 * again whatever happened to its parent.
 */
package io.arbitex.recovery.lab.kubernetes.kubelet;
