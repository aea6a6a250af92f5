package io.arbitex.recovery.lab.world;

import java.time.Duration;

/**
 * How often Prometheus looks, and how long it and Alertmanager wait before they speak.
 *
 * @param scrape from one look at the exporter to the next, at least 1 s
 * @param evaluation from one evaluation of the rule to the next, at least 1 s
 * @param holdFor how long the rule must hold before it fires ({@code for}); 0 at once
 * @param groupWait how long Alertmanager waits for more alerts of a new group
 * @param groupInterval how long it waits before it tells what is new in a group, its end too
 */
public record MonitoringRhythm(
    Duration scrape,
    Duration evaluation,
    Duration holdFor,
    Duration groupWait,
    Duration groupInterval) {

  /** The fastest that is sensible. */
  public static final MonitoringRhythm TUNED =
      new MonitoringRhythm(
          Duration.ofSeconds(1),
          Duration.ofSeconds(1),
          Duration.ZERO,
          Duration.ZERO,
          Duration.ofSeconds(1));

  /**
   * What both do when nothing is said (documentation of Prometheus, "configuration"; of
   * Alertmanager, "route"). Rules usually hold for minutes besides; here they do not.
   */
  public static final MonitoringRhythm DEFAULTS =
      new MonitoringRhythm(
          Duration.ofMinutes(1),
          Duration.ofMinutes(1),
          Duration.ZERO,
          Duration.ofSeconds(30),
          Duration.ofMinutes(5));

  public MonitoringRhythm {
    Duration least = Duration.ofSeconds(1);
    if (scrape.compareTo(least) < 0 || evaluation.compareTo(least) < 0) {
      throw new IllegalArgumentException("scrape and evaluation: at least 1 s");
    }
  }
}
