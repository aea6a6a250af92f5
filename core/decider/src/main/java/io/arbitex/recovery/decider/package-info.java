/**
 * The pure core: {@code decide(state, input, now) → (state', records to publish)}. No Kafka, no
 * clock, no I/O. The same code runs in the classifier, in unit tests, in the simulator and in a
 * replay.
 *
 * <p>{@link io.arbitex.recovery.decider.Decider} is the door. Behind it: {@code Observations} and
 * {@code Alerts} (what is confirmed), {@code Incidents} with {@code Opening}, {@code Triage},
 * {@code Settling} and {@code Endings} (the life of an incident, by {@link
 * io.arbitex.recovery.decider.IncidentTable}), {@code Guards} (when not to act), {@code Planner}
 * (what to do), {@code Landscape}, {@code ClusterLoss}, {@code ClusterSteps} and {@code
 * PublicHealth} (what a cluster and the public face mean for the rest), {@code Dispatching} (what
 * comes next), {@code Steps} (who does it), {@code StepReports} (what workers say, and what comes
 * after a failure), {@code Escalation} and {@code Situation} (who is told what), {@code Decrees}
 * (what people say). {@link io.arbitex.recovery.decider.DecisionLog} and {@link
 * io.arbitex.recovery.decider.Replay} write and re-run the log.
 */
package io.arbitex.recovery.decider;
