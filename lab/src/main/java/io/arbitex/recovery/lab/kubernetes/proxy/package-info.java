/**
 * What kube-proxy does on each node, and a cloud's load balancer before them, as far as clients
 * outside of the cluster see it: node ports and load balancers' addresses lead to pods that are
 * ready.
 */
package io.arbitex.recovery.lab.kubernetes.proxy;
