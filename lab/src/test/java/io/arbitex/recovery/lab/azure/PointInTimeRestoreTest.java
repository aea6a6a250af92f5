package io.arbitex.recovery.lab.azure;

import static io.arbitex.recovery.lab.azure.TestAzure.GROUP;
import static io.arbitex.recovery.lab.azure.TestAzure.SOURCE;
import static io.arbitex.recovery.lab.azure.TestAzure.ask;
import static io.arbitex.recovery.lab.azure.TestAzure.now;
import static io.arbitex.recovery.lab.azure.TestAzure.run;
import static io.arbitex.recovery.lab.azure.TestAzure.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipelineCallContext;
import com.azure.core.http.HttpPipelineNextPolicy;
import com.azure.core.http.HttpPipelineNextSyncPolicy;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.HttpPipelinePolicy;
import com.azure.core.http.rest.SimpleResponse;
import com.azure.core.management.exception.ManagementException;
import com.azure.core.management.polling.PollResult;
import com.azure.core.management.polling.SyncPollerFactory;
import com.azure.core.management.serializer.SerializerFactory;
import com.azure.core.util.BinaryData;
import com.azure.core.util.polling.LongRunningOperationStatus;
import com.azure.core.util.polling.SyncPoller;
import com.azure.resourcemanager.postgresqlflexibleserver.PostgreSqlManager;
import com.azure.resourcemanager.postgresqlflexibleserver.fluent.models.ServerInner;
import com.azure.resourcemanager.postgresqlflexibleserver.models.ConfigurationForUpdate;
import com.azure.resourcemanager.postgresqlflexibleserver.models.HighAvailability;
import com.azure.resourcemanager.postgresqlflexibleserver.models.HighAvailabilityMode;
import com.azure.resourcemanager.postgresqlflexibleserver.models.Server;
import com.azure.resourcemanager.postgresqlflexibleserver.models.ServerForUpdate;
import io.arbitex.recovery.lab.azure.api.Misbehaviour;
import io.arbitex.recovery.lab.azure.api.Misbehaviour.How;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Restores to a moment by Azure's client library: what comes back, and what goes wrong. */
class PointInTimeRestoreTest {
  private static TestAzure azure;
  private final List<String> made = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    azure = new TestAzure();
    try (Connection connection = azure.connect(SOURCE)) {
      run(connection, "CREATE TABLE ticks (n bigserial PRIMARY KEY, what text)");
    }
  }

  @AfterAll
  static void end() throws Exception {
    azure.close();
  }

  @AfterEach
  void clear() throws Exception {
    azure.control().clearAll();
    azure.control().resumeArchive(SOURCE);
    for (String each : made) {
      // A server can be ready a moment before its operation is at its end.
      until("the deletion has begun", () -> azure.beginDelete(each) != null);
    }
    until("only the source is left", () -> azure.serverNames().equals(List.of(SOURCE)));
  }

  /** A moment with commits before and after it. */
  private static OffsetDateTime moment(String before, String after) throws SQLException {
    try (Connection connection = azure.connect(SOURCE)) {
      run(connection, "INSERT INTO ticks (what) VALUES ('" + before + "')");
      OffsetDateTime moment = now(connection);
      run(connection, "INSERT INTO ticks (what) VALUES ('" + after + "')");
      return moment;
    }
  }

  private Server restored(String name) {
    made.add(name);
    return azure.manager().servers().getByResourceGroup(GROUP, name);
  }

  private static String count(Connection connection, String what) throws SQLException {
    return ask(connection, "SELECT count(*) FROM ticks WHERE what = '" + what + "'");
  }

  private static ManagementException refused(ThrowingRequest request) {
    try {
      request.run();
    } catch (ManagementException e) {
      return e;
    }
    throw new AssertionError("it was not refused");
  }

  private interface ThrowingRequest {
    void run();
  }

  @Test
  void everyCommitBeforeTheMomentIsThereAndNoneAfterIt() throws Exception {
    PostgreSqlManager manager = azure.manager();
    manager
        .serviceClient()
        .getConfigurations()
        .update(GROUP, SOURCE, "work_mem", new ConfigurationForUpdate().withValue("8192"));
    manager
        .serviceClient()
        .getServers()
        .update(
            GROUP,
            SOURCE,
            new ServerForUpdate()
                .withHighAvailability(
                    new HighAvailability().withMode(HighAvailabilityMode.ZONE_REDUNDANT)));
    OffsetDateTime moment;
    try (Connection connection = azure.connect(SOURCE)) {
      for (int i = 0; i < 200; i++) {
        run(connection, "INSERT INTO ticks (what) VALUES ('before')");
      }
      moment = now(connection);
      run(connection, "UPDATE ticks SET what = 'tampered' WHERE what = 'before'");
      for (int i = 0; i < 200; i++) {
        run(connection, "INSERT INTO ticks (what) VALUES ('after')");
      }
    }

    SyncPoller<PollResult<ServerInner>, ServerInner> poller =
        azure.beginRestore("pg-exact", moment);
    assertThat(poller.waitForCompletion().getStatus())
        .isEqualTo(LongRunningOperationStatus.SUCCESSFULLY_COMPLETED);
    assertThat(poller.getFinalResult().name()).isEqualTo("pg-exact");

    Server restored = restored("pg-exact");
    assertThat(restored.state()).hasToString("Ready");
    assertThat(restored.highAvailability().mode()).isEqualTo(HighAvailabilityMode.DISABLED);
    assertThat(manager.firewallRules().listByServer(GROUP, "pg-exact")).isEmpty();
    assertThat(manager.configurations().get(GROUP, "pg-exact", "work_mem").source())
        .isEqualTo("system-default");
    assertThatThrownBy(() -> azure.connect("pg-exact"))
        .hasMessageContaining("no pg_hba.conf entry");
    TestAzure.open(manager, "pg-exact");
    try (Connection copy = azure.connect("pg-exact");
        Connection source = azure.connect(SOURCE)) {
      assertThat(count(copy, "before")).isEqualTo("200");
      assertThat(count(copy, "tampered")).isEqualTo("0");
      assertThat(count(copy, "after")).isEqualTo("0");
      assertThat(ask(copy, "SHOW data_checksums")).isEqualTo("on");
      assertThat(ask(copy, "SHOW work_mem")).isEqualTo("4MB");
      run(copy, "INSERT INTO ticks (what) VALUES ('of the copy')");
      assertThat(count(source, "tampered")).isEqualTo("200");
      assertThat(count(source, "after")).isEqualTo("200");
      assertThat(count(source, "of the copy")).isEqualTo("0");
    }
    assertThat(manager.servers().getByResourceGroup(GROUP, SOURCE).highAvailability().state())
        .hasToString("Healthy");
    until(
        "the copy has a backup of its own",
        () -> manager.backups().listByServer(GROUP, "pg-exact").stream().count() == 1);
  }

  @Test
  void aCopyOfACopyDoesNotFollowItsSiblingsTimeline() throws Exception {
    OffsetDateTime moment = moment("root", "root-later");
    azure.beginRestore("pg-first", moment).waitForCompletion();
    restored("pg-first");
    TestAzure.open(azure.manager(), "pg-first");
    until(
        "it can be restored",
        () -> azure.manager().backups().listByServer(GROUP, "pg-first").stream().count() == 1);
    OffsetDateTime second;
    try (Connection connection = azure.connect("pg-first")) {
      run(connection, "INSERT INTO ticks (what) VALUES ('first-before')");
      second = now(connection);
      run(connection, "INSERT INTO ticks (what) VALUES ('first-after')");
    }

    azure
        .manager()
        .serviceClient()
        .getServers()
        .create(
            GROUP,
            "pg-second",
            TestAzure.restore(second).withSourceServerResourceId(TestAzure.id("pg-first")));

    restored("pg-second");
    TestAzure.open(azure.manager(), "pg-second");
    try (Connection copy = azure.connect("pg-second")) {
      assertThat(count(copy, "root")).isEqualTo("1");
      assertThat(count(copy, "root-later")).isEqualTo("0");
      assertThat(count(copy, "first-before")).isEqualTo("1");
      assertThat(count(copy, "first-after")).isEqualTo("0");
    }
  }

  @Test
  void momentsThatCannotBeRestoredAreToldApartAndLeaveNoServer() throws Exception {
    OffsetDateTime earliest =
        azure.manager().servers().getByResourceGroup(GROUP, SOURCE).backup().earliestRestoreDate();
    assertThat(
            refused(() -> azure.beginRestore("pg-x", earliest.minusSeconds(1)))
                .getValue()
                .getCode())
        .isEqualTo("PointInTimeBeforeEarliestRestoreDate");
    assertThat(
            refused(
                    () ->
                        azure.beginRestore(
                            "pg-x", OffsetDateTime.now(ZoneOffset.UTC).plusMinutes(1)))
                .getValue()
                .getCode())
        .isEqualTo("PointInTimeInTheFuture");
    ManagementException empty = refused(() -> azure.beginRestore("pg-x", null));
    assertThat(empty.getResponse().getStatusCode()).isEqualTo(400);
    assertThat(empty.getValue().getMessage()).contains("pointInTimeUTC is needed");

    azure.control().pauseArchive(SOURCE);
    SyncPoller<PollResult<ServerInner>, ServerInner> lagging =
        azure.beginRestore("pg-x", moment("lag", "lag-later"));
    assertThat(lagging.waitForCompletion().getStatus())
        .isEqualTo(LongRunningOperationStatus.FAILED);
    assertThat(lagging.poll().getValue().getError().getResponseBody())
        .contains("\"PointInTimeNotReached\"")
        .contains("recovery ended before configured recovery target was reached");
  }

  @Test
  void theArchiveOfADeadSourceIsEnough() throws Exception {
    OffsetDateTime moment = moment("dead-before", "dead-after");
    // Everything up to its end is archived then; the restore has to begin with the one before.
    azure.control().backup(SOURCE);
    azure.control().kill(SOURCE);
    try {
      azure.beginRestore("pg-of-dead", moment).waitForCompletion();
      restored("pg-of-dead");
    } finally {
      azure.manager().servers().restart(GROUP, SOURCE);
    }
    TestAzure.open(azure.manager(), "pg-of-dead");
    try (Connection copy = azure.connect("pg-of-dead")) {
      assertThat(count(copy, "dead-before")).isEqualTo("1");
      assertThat(count(copy, "dead-after")).isEqualTo("0");
    }
  }

  @Test
  void aRestoreThatStopsShortSaysThatAllIsWell() throws Exception {
    OffsetDateTime moment;
    try (Connection connection = azure.connect(SOURCE)) {
      OffsetDateTime start = now(connection);
      run(connection, "INSERT INTO ticks (what) VALUES ('short-early')");
      until("a while has passed", () -> now(connection).isAfter(start.plusSeconds(1)));
      run(connection, "INSERT INTO ticks (what) VALUES ('short-late')");
      moment = now(connection);
    }
    azure.control().add(Misbehaviour.of("PUT", "flexibleServers", How.STOPS_SHORT, 1).after(500));

    assertThat(azure.beginRestore("pg-short", moment).waitForCompletion().getStatus())
        .isEqualTo(LongRunningOperationStatus.SUCCESSFULLY_COMPLETED);

    restored("pg-short");
    TestAzure.open(azure.manager(), "pg-short");
    try (Connection copy = azure.connect("pg-short")) {
      assertThat(count(copy, "short-early")).isEqualTo("1");
      assertThat(count(copy, "short-late")).isEqualTo("0");
    }
  }

  @Test
  void refusalsAreThoseOfAzure() throws Exception {
    OffsetDateTime moment = moment("refused", "refused-later");
    record Case(How how, int status, String code) {}
    for (Case each :
        List.of(
            new Case(How.FORBIDDEN, 403, "AuthorizationFailed"),
            new Case(How.BUSY, 409, "ServerIsBusy"),
            new Case(How.NAME_TAKEN, 409, "ServerNameAlreadyExists"))) {
      azure.control().add(Misbehaviour.of("PUT", "flexibleServers", each.how(), 1));
      ManagementException refusal = refused(() -> azure.beginRestore("pg-no", moment));
      assertThat(refusal.getResponse().getStatusCode()).isEqualTo(each.status());
      assertThat(refusal.getValue().getCode()).isEqualTo(each.code());
    }
    assertThat(refused(() -> azure.beginRestore(SOURCE, moment)).getValue().getCode())
        .isEqualTo("ServerNameAlreadyExists");
  }

  @Test
  void aThrottledAnUnavailableAndASlowAnswerArePassedByTheClient() throws Exception {
    azure.control().add(Misbehaviour.of("GET", "flexibleServers", How.THROTTLED, 1));
    azure.control().add(Misbehaviour.of("GET", "flexibleServers", How.UNAVAILABLE, 1));
    azure.control().add(Misbehaviour.of("GET", "flexibleServers", How.SLOW, 1).after(700));
    long start = System.nanoTime();
    assertThat(azure.manager().servers().getByResourceGroup(GROUP, SOURCE).name())
        .isEqualTo(SOURCE);
    // Twice Retry-After of 1 s, and the slow answer.
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(2_600));
  }

  @Test
  void aHungRequestIsAnsweredWhenItsRuleIsCleared() throws Exception {
    int rule = azure.control().add(Misbehaviour.of("GET", "flexibleServers", How.HUNG, 1));
    CompletableFuture<String> asked =
        CompletableFuture.supplyAsync(
            () -> azure.manager().servers().getByResourceGroup(GROUP, SOURCE).name());
    assertThatThrownBy(() -> asked.get(300, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    azure.control().clear(rule);
    assertThat(asked.get(20, TimeUnit.SECONDS)).isEqualTo(SOURCE);
  }

  @Test
  void operationsThatFailOrAreCanceledLeaveNoServer() throws Exception {
    OffsetDateTime moment = moment("fails", "fails-later");
    azure.control().add(Misbehaviour.of("PUT", "flexibleServers", How.OPERATION_FAILS, 1));
    assertThat(azure.beginRestore("pg-fails", moment).waitForCompletion().getStatus())
        .isEqualTo(LongRunningOperationStatus.FAILED);
    azure.control().add(Misbehaviour.of("PUT", "flexibleServers", How.OPERATION_CANCELED, 1));
    assertThat(azure.beginRestore("pg-fails", moment).waitForCompletion().getStatus())
        .isEqualTo(LongRunningOperationStatus.USER_CANCELLED);
  }

  @Test
  void anOperationHangsUntilItsRuleIsClearedAndTheServerIsBusyMeanwhile() throws Exception {
    OffsetDateTime moment = moment("hangs", "hangs-later");
    int rule =
        azure.control().add(Misbehaviour.of("PUT", "flexibleServers", How.OPERATION_HANGS, 1));
    SyncPoller<PollResult<ServerInner>, ServerInner> poller =
        azure.beginRestore("pg-hangs", moment);
    assertThat(poller.poll().getStatus()).isEqualTo(LongRunningOperationStatus.IN_PROGRESS);
    assertThat(restored("pg-hangs").state()).hasToString("Provisioning");
    assertThat(refused(() -> azure.beginRestore("pg-hangs", moment)).getValue().getCode())
        .isEqualTo("ServerIsBusy");
    azure.control().clear(rule);
    assertThat(poller.waitForCompletion().getStatus())
        .isEqualTo(LongRunningOperationStatus.SUCCESSFULLY_COMPLETED);
  }

  @Test
  void anOperationThatIsForgottenIsDoneAllTheSame() throws Exception {
    OffsetDateTime moment = moment("expires", "expires-later");
    azure.control().add(Misbehaviour.of("PUT", "flexibleServers", How.OPERATION_EXPIRES, 1));
    SyncPoller<PollResult<ServerInner>, ServerInner> poller =
        azure.beginRestore("pg-expires", moment);
    assertThat(poller.waitForCompletion().getStatus()).isEqualTo(LongRunningOperationStatus.FAILED);
    made.add("pg-expires");
    until(
        "it is there",
        () ->
            azure
                .manager()
                .servers()
                .getByResourceGroup(GROUP, "pg-expires")
                .state()
                .toString()
                .equals("Ready"));
  }

  @Test
  void aClientThatWasKilledWaitsOnWithoutAnotherPut() throws Exception {
    OffsetDateTime moment = moment("resumed", "resumed-later");
    List<HttpResponse> puts = new CopyOnWriteArrayList<>();
    PostgreSqlManager first =
        AzureClients.postgresql(azure.address(), AzureClients.pipeline(new Puts(puts)));
    first
        .serviceClient()
        .getServers()
        .beginCreate(GROUP, "pg-resumed", TestAzure.restore(moment))
        .poll();
    assertThat(puts).hasSize(1);
    HttpResponse answer = puts.get(0);
    HttpHeaderName asyncOperation = HttpHeaderName.fromString("Azure-AsyncOperation");
    HttpHeaders remembered =
        new HttpHeaders()
            .set(asyncOperation, answer.getHeaderValue(asyncOperation))
            .set(HttpHeaderName.LOCATION, answer.getHeaderValue(HttpHeaderName.LOCATION));
    String url = answer.getRequest().getUrl().toString();

    SyncPoller<PollResult<ServerInner>, ServerInner> second =
        SyncPollerFactory.create(
            SerializerFactory.createDefaultManagementSerializerAdapter(),
            AzureClients.pipeline(new Puts(puts)),
            ServerInner.class,
            ServerInner.class,
            Duration.ofSeconds(1),
            () ->
                new SimpleResponse<>(
                    new HttpRequest(HttpMethod.PUT, url),
                    answer.getStatusCode(),
                    remembered,
                    BinaryData.fromString("")));

    assertThat(second.waitForCompletion().getStatus())
        .isEqualTo(LongRunningOperationStatus.SUCCESSFULLY_COMPLETED);
    assertThat(second.getFinalResult().fullyQualifiedDomainName())
        .isEqualTo(restored("pg-resumed").fullyQualifiedDomainName());
    assertThat(puts).hasSize(1);
  }

  /** Keeps the answers to every PUT. */
  private record Puts(List<HttpResponse> answers) implements HttpPipelinePolicy {
    @Override
    public Mono<HttpResponse> process(
        HttpPipelineCallContext context, HttpPipelineNextPolicy next) {
      return next.process().doOnNext(this::keep);
    }

    @Override
    public HttpResponse processSync(
        HttpPipelineCallContext context, HttpPipelineNextSyncPolicy next) {
      HttpResponse answer = next.processSync();
      keep(answer);
      return answer;
    }

    private void keep(HttpResponse answer) {
      if (answer.getRequest().getHttpMethod() == HttpMethod.PUT) {
        answers.add(answer);
      }
    }
  }
}
