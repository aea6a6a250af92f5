package io.arbitex.recovery.detector;

import io.arbitex.recovery.configuration.Kubernetes;
import java.time.Duration;
import java.time.Instant;

/** Looks through a cluster, which may be another one from look to look. */
public interface ProbeInCluster {
  /**
   * Looks once; an error of the component is an observation, not an exception.
   *
   * @param cluster that the platform is bound to now
   * @param at when the look begins
   * @throws InterruptedException when the look is called off
   */
  Observation look(Kubernetes cluster, Instant at) throws InterruptedException;

  /** As {@link Probe#hung}. */
  Observation hung(Instant at, Duration limit);

  /** A look through that cluster and no other. */
  default Probe in(Kubernetes cluster) {
    ProbeInCluster probe = this;
    return new Probe() {
      @Override
      public Observation look(Instant at) throws InterruptedException {
        return probe.look(cluster, at);
      }

      @Override
      public Observation hung(Instant at, Duration limit) {
        return probe.hung(at, limit);
      }
    };
  }
}
