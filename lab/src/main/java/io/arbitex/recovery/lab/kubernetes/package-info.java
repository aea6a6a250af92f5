/**
 * The lab's Kubernetes, a process of its own: an API server that kubectl and any client speak to,
 * the controllers behind it, and nodes whose pods are local processes and whose disks are folders.
 * It survives being killed, and goes wrong on demand. What it does not do stands in {@code
 * docs/lab.md}.
 */
package io.arbitex.recovery.lab.kubernetes;
