/** Procedures that go through a cluster, on the lab's cluster with real servers in its pods. */
package io.arbitex.recovery.lab.procedures;
