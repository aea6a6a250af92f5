package io.arbitex.recovery.lab.incidents;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.arbitex.recovery.checks.AuditChain;
import io.arbitex.recovery.checks.AuditTables;
import io.arbitex.recovery.checks.ChainVerdict;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.lab.azure.TestAzure;
import io.arbitex.recovery.lab.azure.api.Misbehaviour;
import io.arbitex.recovery.lab.azure.api.Misbehaviour.How;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.record.CheckStatus;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.IncidentKind;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.ValidationOutcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A lost server, and an Azure that misbehaves: what becomes of the whole incident. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AzureMisbehavesTest {
  private static final String PITR = "postgresql.pitr";
  private static final String DUMP = "postgresql.dump";
  private static final String SERVERS = "flexibleServers";
  private static final String OPERATION = "locations/azureAsyncOperation";

  /** What the policy gives a restore by Azure where it is not to end well. */
  private static final String SHORT = "timeouts: {postgresql.pitr: 6s}";

  @TempDir static Path folder;
  private static IncidentWorld world;
  private long ordered;

  @BeforeAll
  static void begin() throws Exception {
    world = new IncidentWorld(folder);
  }

  @AfterAll
  static void end() throws Exception {
    world.close();
  }

  @AfterEach
  void clear() throws Exception {
    world.hideDump(false);
    world.asBefore();
  }

  private static Arguments passes(String name, Misbehaviour... rules) {
    return arguments(name, List.of(rules));
  }

  private static Misbehaviour rule(String method, String resource, How how, int times) {
    return Misbehaviour.of(method, resource, how, times);
  }

  static Stream<Arguments> passing() {
    // The oldest rule counts until it is used up, so one order meets them one after the other.
    return Stream.of(
        passes(
            "throttles, then is slow to answer",
            rule("PUT", SERVERS, How.THROTTLED, 2),
            rule("PUT", SERVERS, How.SLOW, 1).after(2_000),
            rule("GET", OPERATION, How.THROTTLED, 1)),
        passes(
            "is away, then busy, then slow to work",
            rule("GET", SERVERS, How.UNAVAILABLE, 1),
            rule("PUT", SERVERS, How.UNAVAILABLE, 1),
            rule("PUT", SERVERS, How.BUSY, 2),
            rule("PUT", SERVERS, How.OPERATION_SLOW, 1).after(2_000),
            rule("GET", OPERATION, How.UNAVAILABLE, 1)),
        passes("forgets the operation", rule("PUT", SERVERS, How.OPERATION_EXPIRES, 1)));
  }

  @ParameterizedTest
  @MethodSource("passing")
  void whatPassesIsWaitedFor(String name, List<Misbehaviour> rules) throws Exception {
    try (Pipeline incident = lost("", rules.toArray(Misbehaviour[]::new))) {
      recovered(incident, PITR, IncidentWorld.AT_THE_MOMENT);
      assertThat(incident.failures()).isEmpty();
      assertThat(ordered()).isEqualTo(1);
      assertThat(world.made()).hasSize(1);
      assertThat(standby(world.made().get(0))).isEqualTo("ZoneRedundant");
    }
  }

  /** {@code -Ddrills=all}: those too that differ from another one in what Azure says only. */
  private static final boolean ALL = "all".equals(System.getProperty("drills"));

  static Stream<Arguments> failing() {
    List<Arguments> always =
        List.of(
            fails(
                "fails", "could not restore pg-prod", rule("PUT", SERVERS, How.OPERATION_FAILS, 1)),
            fails(
                "refuses the order", "AuthorizationFailed", rule("PUT", SERVERS, How.FORBIDDEN, 0)),
            fails(
                "revokes the role during the wait",
                "HTTP 403",
                rule("GET", OPERATION, How.FORBIDDEN, 0)),
            fails("is busy for ever", "ServerIsBusy", rule("PUT", SERVERS, How.BUSY, 0)));
    List<Arguments> alike =
        List.of(
            fails(
                "cancels",
                "could not restore pg-prod",
                rule("PUT", SERVERS, How.OPERATION_CANCELED, 1)),
            fails(
                "revokes the role before", "AuthorizationFailed", rule("*", "*", How.FORBIDDEN, 0)),
            fails("gives the name away", "HTTP 409", rule("PUT", SERVERS, How.NAME_TAKEN, 0)),
            fails("is away for ever", "ServiceUnavailable", rule("*", "*", How.UNAVAILABLE, 0)));
    return Stream.concat(always.stream(), ALL ? alike.stream() : Stream.empty());
  }

  private static Arguments fails(String name, String reason, Misbehaviour... rules) {
    return arguments(name, reason, List.of(rules));
  }

  @ParameterizedTest
  @MethodSource("failing")
  void whatDoesNotPassIsToldAndTheDumpRestored(String name, String reason, List<Misbehaviour> rules)
      throws Exception {
    try (Pipeline incident = lost(SHORT, rules.toArray(Misbehaviour[]::new))) {
      recovered(incident, DUMP, IncidentWorld.IN_THE_DUMP);
      assertThat(incident.failures()).as(incident.story()).hasSize(1);
      assertThat(incident.failures().get(0)).startsWith(PITR).contains(reason);
      assertThat(ordered()).isLessThanOrEqualTo(1);
      world.azure.control().clearAll();
      assertThat(world.made())
          .as("nothing is left that nobody was told of")
          .allMatch(
              left ->
                  incident.failures().get(0).contains("Left behind: ")
                      && incident.failures().get(0).contains(left));
    }
  }

  static Stream<Arguments> whileItIsDamaged() {
    return Stream.of(
        arguments(How.THROTTLED, PITR, IncidentWorld.AT_THE_MOMENT),
        arguments(How.OPERATION_FAILS, DUMP, IncidentWorld.IN_THE_DUMP));
  }

  /** First, since the source is lost for all others. */
  @Order(1)
  @ParameterizedTest
  @MethodSource("whileItIsDamaged")
  void damageIsLeftBehindByEitherProcedure(How how, String by, long events) throws Exception {
    Instant bad = world.damage();
    try (Pipeline incident =
        with(List.of(rule("PUT", SERVERS, how, 1)), world.policy("1s", ""), bad)) {
      recovered(incident, by, events);
      assertThat(incident.events.get(0).getText()).contains("CORRUPT");
      assertThat(ordered()).isEqualTo(1);
    }
  }

  /** It is carried out when the database has long been elsewhere. */
  @Test
  void anOrderThatWasNeverAnsweredIsNamed() throws Exception {
    try (Pipeline incident = lost(SHORT, rule("PUT", SERVERS, How.HUNG, 0))) {
      recovered(incident, DUMP, IncidentWorld.IN_THE_DUMP);
      world.azure.control().clearAll();
      TestAzure.until("Azure goes on", () -> world.made().size() == 1);
      assertThat(incident.failures())
          .singleElement()
          .asString()
          .startsWith(PITR)
          .contains("Azure does not answer")
          .contains(world.made().get(0) + " and may still make it");
      assertThat(ordered()).isEqualTo(1);
    }
  }

  @Test
  void anOrderThatHangsIsNamedAndNotWaitedFor() throws Exception {
    try (Pipeline incident = lost(SHORT, rule("PUT", SERVERS, How.OPERATION_HANGS, 1))) {
      recovered(incident, DUMP, IncidentWorld.IN_THE_DUMP);
      assertThat(world.made()).hasSize(1);
      assertThat(incident.failures())
          .singleElement()
          .asString()
          .contains("within the time")
          .contains(world.made().get(0));
    }
  }

  @Test
  void aRestoreThatStopsShortIsTriedAtAnEarlierMoment() throws Exception {
    world.loseTheSource();
    String lag = world.tooShort.toMillis() + "ms";
    try (Pipeline incident = with(List.of(shorter(1)), world.policy(lag, ""), world.moment)) {
      recovered(incident, PITR, IncidentWorld.IN_THE_DUMP);
      assertThat(incident.failures()).singleElement().asString().contains("audit");
      assertThat(ordered()).isEqualTo(2);
      assertThat(world.made()).as("the unproven one is deleted").hasSize(1);
    }
  }

  @Test
  void whereEveryRestoreStopsShortTheDumpIsRestored() throws Exception {
    world.loseTheSource();
    try (Pipeline incident = with(List.of(shorter(0)), world.policy("0", ""), world.moment)) {
      recovered(incident, DUMP, IncidentWorld.IN_THE_DUMP);
      assertThat(incident.failures()).hasSizeGreaterThan(1).allMatch(said -> said.startsWith(PITR));
      assertThat(world.made()).isEmpty();
    }
  }

  private static Misbehaviour shorter(int times) {
    return rule("PUT", SERVERS, How.STOPS_SHORT, times).after(world.tooShort.toMillis());
  }

  @Test
  void aMomentBehindTheArchiveIsSteppedBackFrom() throws Exception {
    Instant bad = world.loseTheSource();
    String lag = Duration.between(world.moment, bad).toMillis() + "ms";
    try (Pipeline incident = with(List.of(), world.policy(lag, ""), bad)) {
      recovered(incident, PITR, IncidentWorld.AT_THE_MOMENT);
      assertThat(incident.failures()).singleElement().asString().contains("PointInTimeNotReached");
      assertThat(world.made()).hasSize(1);
    }
  }

  @Test
  void whereBothProceduresFailAPersonIsToldWhyAndNothingIsMoved() throws Exception {
    world.hideDump(true);
    try (Pipeline incident = lost("", rule("PUT", SERVERS, How.FORBIDDEN, 0))) {
      escalated(incident, "no usable dump");
      assertThat(incident.failures()).hasSize(2);
      assertThat(incident.failures().get(0)).startsWith(PITR).contains("AuthorizationFailed");
      assertThat(incident.failures().get(1)).startsWith(DUMP).contains("rp-1");
      assertThat(incident.verdicts).isEmpty();
      assertThat(world.current()).isEqualTo(world.source());
      assertThat(world.made()).isEmpty();
    }
  }

  /** Azure itself, or somebody, has stopped it: whoever that was may start it again. */
  @Test
  void aServerThatSomebodyHasStoppedIsLeftToAPerson() throws Exception {
    world.azure.manager().servers().stop(TestAzure.GROUP, TestAzure.SOURCE);
    try (Pipeline incident = lost("")) {
      escalated(incident, "somebody or Azure has stopped pg-prod");
      assertThat(incident.failures()).hasSize(1);
      assertThat(restores(incident)).containsExactly(PITR);
      assertThat(world.made()).isEmpty();
    } finally {
      world.azure.manager().servers().start(TestAzure.GROUP, TestAzure.SOURCE);
      world.loseTheSource();
    }
  }

  @Test
  void whatThePlatformDoesNotConfirmIsNotRecovered() throws Exception {
    world.platform.findsItsChainBroken(true);
    try (Pipeline incident = lost("")) {
      escalated(incident, "could not be proven");
      assertThat(incident.verdicts)
          .extracting(ValidationOutcome::getStatus)
          .containsExactly(CheckStatus.FAIL);
      assertThat(world.made()).hasSize(1);
    }
  }

  /** Its server is in no inventory, and its backups are its own. */
  @Test
  void whatWasRestoredIsLostAndRestoredAgain() throws Exception {
    try (Pipeline incident = lost("")) {
      recovered(incident, PITR, IncidentWorld.AT_THE_MOMENT);
      String first = world.made().get(0);
      Instant bad;
      TestAzure.until(
          "it has a backup of its own",
          () ->
              world.azure.manager().backups().listByServer(TestAzure.GROUP, first).stream().count()
                  > 0);
      try (Connection inside = IncidentWorld.connect(world.current())) {
        AuditTables.append(inside, 10);
        bad = TestAzure.now(inside).toInstant();
        AuditTables.append(inside, 5);
      }
      world.archive(first);
      world.lose(first);
      incident.observers.badSince(bad);
      recovered(incident, PITR, IncidentWorld.AT_THE_MOMENT + 1 + 10);
      assertThat(incident.failures()).isEmpty();
      assertThat(world.made()).hasSize(2).allMatch(name -> name.matches("pg-prod-r[0-9a-f]{10}"));
      assertThat(world.azure.address(first)).isNotEqualTo(world.current().host());
    }
  }

  private Pipeline lost(String procedures, Misbehaviour... rules) throws Exception {
    world.loseTheSource();
    return with(List.of(rules), world.policy("1s", procedures), world.moment);
  }

  private Pipeline with(List<Misbehaviour> rules, Policy policy, Instant badSince)
      throws Exception {
    ordered = world.azure.ordered(Operation.Kind.RESTORE);
    for (Misbehaviour each : rules) {
      world.azure.control().add(each);
    }
    return new Pipeline(world, policy, badSince);
  }

  private long ordered() throws Exception {
    return world.azure.ordered(Operation.Kind.RESTORE) - ordered;
  }

  private static String standby(String server) {
    return world
        .azure
        .manager()
        .servers()
        .getByResourceGroup(TestAzure.GROUP, server)
        .innerModel()
        .highAvailability()
        .mode()
        .toString();
  }

  private static void recovered(Pipeline incident, String by, long events) throws Exception {
    IncidentEvent end = incident.runToEnd();
    assertThat(end.getKind()).as(incident.story()).isEqualTo(IncidentKind.RESOLVED);
    assertThat(incident.verdicts)
        .as("never recovered without a proof")
        .last()
        .satisfies(
            verdict -> {
              assertThat(verdict.getStatus()).isEqualTo(CheckStatus.PASS);
              assertThat(verdict.getIncidentId()).isEqualTo(end.getIncidentId());
            });
    assertThat(restores(incident).reduce((first, second) -> second)).contains(by);
    ChainVerdict chain =
        new AuditChain(AuditTables.KEY).verify(world.current(), 1, Optional.empty());
    assertThat(chain.valid()).isTrue();
    // The event of the recovery itself is the newest one.
    assertThat(chain.rows()).isEqualTo(events + 1);
  }

  private static void escalated(Pipeline incident, String why) throws Exception {
    IncidentEvent end = incident.runToEnd();
    assertThat(end.getKind()).as(incident.story()).isEqualTo(IncidentKind.ESCALATED);
    assertThat(end.getText()).contains(why);
  }

  private static Stream<String> restores(Pipeline incident) {
    return incident.commands.stream()
        .map(StepCommand::getProcedure)
        .filter(each -> each.equals(PITR) || each.equals(DUMP));
  }
}
