/**
 * The Streams topology around the decider: it reads what is seen, done and proven, keeps each
 * platform's state, and publishes decisions, incidents, plans and commands, exactly once. Beside it
 * one task for the whole fleet lets platforms in, {@link
 * io.arbitex.recovery.classifier.AdmitProcessor}. {@link
 * io.arbitex.recovery.classifier.ClassifierTopology} is the topology, {@link
 * io.arbitex.recovery.classifier.ClassifierMain} the process.
 */
package io.arbitex.recovery.classifier;
