/**
 * What kube-proxy does on each node, as far as clients outside of the cluster see it: node ports
 * lead to pods that are ready.
 */
package io.arbitex.recovery.lab.kubernetes.proxy;
