/**
 * Whole incidents in one process: the decider, the executors' procedures and the verifier's suite
 * with nothing but a queue between them, on real servers of the lab's Azure.
 */
package io.arbitex.recovery.lab.incidents;
