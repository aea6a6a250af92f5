package io.arbitex.recovery.lab.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.lab.network.PathState;
import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.lab.world.LabOptions;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthSource;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What alerts of a real Prometheus and real Alertmanagers do, in one lab and in this order: a false
 * one nothing at all, the end of it nothing either; one that nobody else can judge a recovery that
 * stops with it; and then a true one alone a recovery.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AlertIT {
  private static final Duration RESTORE_AFTER = Duration.ofSeconds(3);
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Longer than a false alert would need to become a plan. */
  private static final Duration ENOUGH = RESTORE_AFTER.plusSeconds(3);

  private static DrillWorld world;
  private static Watcher watcher;

  @BeforeAll
  static void up() throws Exception {
    List<String> missing = Lab.missingForMonitoring();
    assumeTrue(missing.isEmpty(), () -> "not installed: " + missing);
    world =
        DrillWorld.up(
            "alert",
            Scenario.ALERT_ONLY.world(
                LabOptions.DEFAULT.withEvents(20_000).withRestoreAfter(RESTORE_AFTER)));
    watcher = world.watch(value -> {});
    Calm.await(world.lab(), watcher);
  }

  @AfterAll
  static void down() throws Exception {
    if (world != null) {
      world.close();
    }
  }

  private static List<HealthEvent> alerts(HealthStatus status) {
    return watcher.records().stream()
        .filter(HealthEvent.class::isInstance)
        .map(HealthEvent.class::cast)
        .filter(event -> event.getSource() == HealthSource.ALERT && event.getStatus() == status)
        .toList();
  }

  private static void awaitAlertNote(String word) throws InterruptedException {
    assertThat(
            watcher.await(
                LIMIT,
                value ->
                    value instanceof IncidentEvent event
                        && event.getKind() == IncidentKind.NOTE
                        && event.getText().startsWith("Alert DatabaseDown")
                        && event.getText().contains(word)))
        .as("the alert %s", word)
        .isPresent();
  }

  private static void awaitObserversUp(Instant since) throws InterruptedException {
    Set<String> observers = Set.of("observer-a", "observer-b", "observer-c");
    assertThat(
            watcher.awaitAll(
                LIMIT,
                records ->
                    records.stream()
                        .filter(HealthEvent.class::isInstance)
                        .map(HealthEvent.class::cast)
                        .filter(event -> event.getSource() == HealthSource.PROBE)
                        .filter(event -> event.getStatus() == HealthStatus.UP)
                        .filter(event -> event.getObservedAt().isAfter(since))
                        .map(HealthEvent::getObserver)
                        .collect(Collectors.toSet())
                        .containsAll(observers)))
        .as("the observers go on to see it up")
        .isTrue();
  }

  private static void assertNothingWasDone() {
    assertThat(watcher.records())
        .filteredOn(StepCommand.class::isInstance)
        .as("%s", world.told())
        .isEmpty();
    assertThat(watcher.records())
        .filteredOn(IncidentEvent.class::isInstance)
        .extracting(value -> ((IncidentEvent) value).getKind())
        .as("%s", world.told())
        .containsOnly(IncidentKind.NOTE);
  }

  /**
   * The exporter is gone and the database is well: {@code up == 0} fires, from a receiver that is
   * trusted, through both senders. Observers that can be heard outweigh it. Its end restarted a
   * healthy pod elsewhere (Robusta, issue 345).
   */
  @Test
  @Order(1)
  void aFalseAlarmAndItsEndStartNothing() throws Exception {
    world.lab().kill(Lab.MONITORING + "-exporter");
    awaitAlertNote("fires");
    awaitObserversUp(Instant.now().plus(ENOUGH));
    assertThat(alerts(HealthStatus.DOWN)).as("from several senders").hasSizeGreaterThan(1);
    assertNothingWasDone();

    world.lab().start(Lab.MONITORING + "-exporter");
    awaitAlertNote("is resolved");
    awaitObserversUp(Instant.now().plus(ENOUGH));
    assertThat(alerts(HealthStatus.UP)).isNotEmpty();
    assertNothingWasDone();
  }

  /**
   * The observers are blind and the alert is false: it opens an incident, and ends while the
   * database is restored beside. Nothing is cut over, and when the observers see again, they see
   * that the database is well.
   */
  @Test
  @Order(2)
  void anAlertThatEndsBeforeTheCutoverStopsWhatItAloneHadStarted() throws Exception {
    Instant since = Instant.now();
    BlindObservers.blind(world.lab(), watcher, line -> {});
    DatabaseAddress database = world.lab().platformDatabase();
    world.lab().kill(Lab.MONITORING + "-exporter");
    assertThat(
            watcher.await(
                LIMIT,
                value ->
                    value instanceof StepEvent event
                        && event.getStepId().equals("postgresql.restore")
                        && event.getTransition() == StepTransition.ACTION_STARTED))
        .as("the restore runs; %s", world.told())
        .isPresent();
    // So that the restore outlasts the seconds that the monitoring needs to see the end.
    signal("STOP");
    IncidentEvent blocked;
    try {
      world.lab().start(Lab.MONITORING + "-exporter");
      blocked =
          watcher
              .awaitIncident(LIMIT, since, event -> event.getKind() == IncidentKind.BLOCKED)
              .orElseThrow(() -> new AssertionError(world.told()));
    } finally {
      signal("CONT");
    }
    assertThat(blocked.getBlockedReason()).isEqualTo(BlockedReason.ALERT_RESOLVED);
    String id = blocked.getIncidentId();
    assertThat(
            watcher.await(
                LIMIT,
                value ->
                    value instanceof StepEvent event
                        && event.getIncidentId().equals(id)
                        && event.getStepId().equals("postgresql.restore")
                        && event.getTransition() == StepTransition.DONE))
        .as("what runs is not torn down; %s", world.told(id))
        .isPresent();

    Instant seeing = Instant.now();
    for (String path : world.state().network().paths().keySet()) {
      world.lab().network().set(path, PathState.OPEN);
    }
    awaitObserversUp(seeing);
    assertThat(
            watcher.awaitIncident(
                LIMIT, since, event -> event.getKind() == IncidentKind.SELF_HEALED))
        .as("%s", world.told(id))
        .isPresent();
    assertNothingWasCutOver(id, database);
  }

  private static void assertNothingWasCutOver(String id, DatabaseAddress database)
      throws Exception {
    assertThat(watcher.records())
        .filteredOn(StepCommand.class::isInstance)
        .extracting(value -> ((StepCommand) value).getWorker())
        .as("%s", world.told(id))
        .doesNotContain("cutover");
    assertThat(watcher.records()).doesNotHaveAnyElementsOfTypes(Binding.class);
    assertThat(world.lab().platformDatabase()).isEqualTo(database);
    assertThat(Calm.moreTraffic(world.lab(), 20, LIMIT)).as("the platform goes on").isTrue();
    DatabaseAddress spare = world.lab().admin("spare", "postgres");
    List<String> beside = DrillWorld.databases(spare);
    assertThat(beside).as("what was restored beside is left for people").hasSize(1);
    try (Connection connection =
            spare.connect("drill", Duration.ofSeconds(5), Duration.ofSeconds(30));
        Statement statement = connection.createStatement()) {
      statement.execute("DROP DATABASE \"" + beside.get(0) + "\"");
    }
  }

  private static void signal(String name) throws Exception {
    long pid = world.lab().requireState().processes().get("executors").pid();
    Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
    assertThat(kill.waitFor()).as("kill -%s %d", name, pid).isZero();
  }

  /**
   * Nobody but the monitoring sees the loss, and it tells it through redundant senders
   * (Alertmanager, issue 4108): one incident, recovered and proven as any other.
   */
  @Test
  @Order(3)
  void anAlertAloneBringsTheDatabaseBackOnce() throws Exception {
    DrillResult result;
    try (CrashPlan none = new CrashPlan(world.lab(), List.of(), what -> {})) {
      result =
          new PostgresqlLost(
                  world.lab(), watcher, Duration.ofMinutes(2), line -> {}, Scenario.ALERT_ONLY)
              .run(none);
    }
    assertThat(result.failures()).as("%s", world.told()).isEmpty();
    CompleteRecords.demand(watcher, result.summary().incidentId());
    Optional<IncidentEvent> opened =
        result.records().events().stream()
            .filter(event -> event.getKind() == IncidentKind.OPENED)
            .findFirst();
    assertThat(opened).isPresent();
    assertThat(opened.get().getText()).contains("alert DatabaseDown of alertmanager alone");
  }
}
