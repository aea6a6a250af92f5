package io.arbitex.recovery.lab.drill;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.lab.network.PathState;
import io.arbitex.recovery.lab.world.LabOptions;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.BlockedReason;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.StepCommand;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * What must not start a restore, in one lab and in this order; then what must, and what must not
 * follow it.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class QuietIT {
  private static final Duration RESTORE_AFTER = Duration.ofSeconds(8);

  /** Three observations a second apart, and the time that a restart may take. */
  private static final Duration ENOUGH = RESTORE_AFTER.plusSeconds(3);

  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String CUT = "observer-a";

  private static DrillWorld world;
  private static Watcher watcher;

  @BeforeAll
  static void up() throws Exception {
    world =
        DrillWorld.up(
            "quiet", LabOptions.DEFAULT.withEvents(50_000).withRestoreAfter(RESTORE_AFTER));
    watcher = world.watch(value -> {});
    Calm.await(world.lab(), watcher);
  }

  @AfterAll
  static void down() throws Exception {
    world.close();
  }

  private static List<IncidentEvent> eventsSince(Instant since) {
    return watcher.records().stream()
        .filter(IncidentEvent.class::isInstance)
        .map(IncidentEvent.class::cast)
        .filter(event -> !event.getAt().isBefore(since))
        .toList();
  }

  private static List<StepCommand> commands() {
    return watcher.records().stream()
        .filter(StepCommand.class::isInstance)
        .map(StepCommand.class::cast)
        .toList();
  }

  private static List<Binding> bindings() {
    return watcher.records().stream()
        .filter(Binding.class::isInstance)
        .map(Binding.class::cast)
        .toList();
  }

  private static HealthEvent awaitHealth(String what, Predicate<HealthEvent> condition)
      throws InterruptedException {
    Instant since = Instant.now();
    return watcher
        .await(
            LIMIT,
            value ->
                value instanceof HealthEvent event
                    && event.getObserver().equals(CUT)
                    && event.getObservedAt().isAfter(since)
                    && condition.test(event))
        .map(HealthEvent.class::cast)
        .orElseThrow(() -> new AssertionError(what + " was not seen within " + LIMIT));
  }

  private static void path(String target, PathState state) throws Exception {
    world.lab().network().set(CUT + "-to-" + target, state);
  }

  @Test
  @Order(1)
  void aServerThatComesBackInTimeIsLeftAlone() throws Exception {
    Instant since = Instant.now();
    world.lab().killPostgresql("primary");
    Optional<IncidentEvent> opened =
        watcher.awaitIncident(LIMIT, since, event -> event.getKind() == IncidentKind.OPENED);
    assertThat(opened).as("the outage is seen and told").isPresent();
    world.lab().startPostgresql("primary");

    Optional<IncidentEvent> end = watcher.awaitIncident(LIMIT, since, Watcher::isEnd);
    assertThat(end).as("%s", world.told()).isPresent();
    assertThat(end.get().getKind()).as("%s", world.told()).isEqualTo(IncidentKind.SELF_HEALED);
    assertThat(eventsSince(since))
        .extracting(IncidentEvent::getKind)
        .doesNotContain(IncidentKind.PLAN_ISSUED, IncidentKind.STEP_DISPATCHED);
    assertThat(commands()).extracting(StepCommand::getWorker).isSubsetOf(List.of("notify"));
    assertThat(bindings()).isEmpty();
    assertThat(DrillWorld.databases(world.lab().admin("spare", "postgres"))).isEmpty();
    assertThat(Calm.moreTraffic(world.lab(), 50, LIMIT)).isTrue();
  }

  /** GitHub 2018: 43 s of partition, taken for a loss, became 24 h of repair. */
  @Test
  @Order(2)
  void oneObserverThatIsCutOffStartsNothing() throws Exception {
    Instant since = Instant.now();
    path("primary", PathState.REFUSED);
    HealthEvent first =
        awaitHealth(
            "the refused path",
            event -> event.getStatus() == HealthStatus.DOWN && event.getConsecutive() >= 3);
    Instant badSince = first.getBadSince();
    path("primary", PathState.BLACK_HOLE);
    HealthEvent last =
        awaitHealth(
            "the swallowing path",
            event ->
                event.getStatus() == HealthStatus.DOWN
                    && Duration.between(badSince, event.getObservedAt()).compareTo(ENOUGH) > 0);
    assertThat(last.getBadSince()).as("one outage in the eyes of the observer").isEqualTo(badSince);
    path("primary", PathState.OPEN);
    awaitHealth(
        "the mended path",
        event -> event.getStatus() == HealthStatus.UP && event.getConsecutive() >= 3);
    assertThat(eventsSince(since)).isEmpty();
  }

  @Test
  @Order(3)
  void anObserverThatSeesNothingAtAllSaysSo() throws Exception {
    Instant since = Instant.now();
    path("primary", PathState.REFUSED);
    path("witness", PathState.REFUSED);
    AtomicReference<Instant> blindSince = new AtomicReference<>();
    awaitHealth(
        "being blind",
        event -> {
          if (event.getStatus() != HealthStatus.UNKNOWN) {
            return false;
          }
          blindSince.compareAndSet(null, event.getObservedAt());
          return Duration.between(blindSince.get(), event.getObservedAt()).compareTo(ENOUGH) > 0;
        });
    path("witness", PathState.OPEN);
    path("primary", PathState.OPEN);
    awaitHealth(
        "the mended paths",
        event -> event.getStatus() == HealthStatus.UP && event.getConsecutive() >= 3);
    assertThat(eventsSince(since)).isEmpty();
  }

  @Test
  @Order(4)
  void aLostDatabaseComesBackAndASecondLossWaitsForAPerson() throws Exception {
    DrillResult result;
    try (CrashPlan none = new CrashPlan(world.lab(), List.of(), what -> {})) {
      result =
          new PostgresqlLost(
                  world.lab(), watcher, Duration.ofMinutes(2), line -> {}, Scenario.POSTGRESQL_LOST)
              .run(none);
    }
    assertThat(result.failures()).as("%s", world.told()).isEmpty();
    CompleteRecords.demand(watcher, result.summary().incidentId());
    int commandsBefore = planned(commands()).size();

    Instant since = Instant.now();
    world.lab().destroyPostgresql("spare");
    Optional<IncidentEvent> blocked = watcher.awaitIncident(LIMIT, since, Watcher::isEnd);
    assertThat(blocked).as("%s", world.told()).isPresent();
    assertThat(blocked.get().getKind()).as("%s", world.told()).isEqualTo(IncidentKind.BLOCKED);
    assertThat(blocked.get().getBlockedReason()).isEqualTo(BlockedReason.COOLDOWN);
    assertThat(blocked.get().getNext()).as("what lifts it").contains("dr retry");
    String id = blocked.get().getIncidentId();
    assertThat(id).isNotEqualTo(result.summary().incidentId());
    assertThat(world.awaitMessage(LIMIT, id, "cooldown"))
        .as("a person is told: %s", world.told(id))
        .isTrue();
    assertThat(planned(commands())).as("nothing is begun").hasSize(commandsBefore);
    assertThat(bindings()).hasSize(1);
  }

  private static List<StepCommand> planned(List<StepCommand> commands) {
    return commands.stream().filter(command -> !command.getWorker().equals("notify")).toList();
  }
}
