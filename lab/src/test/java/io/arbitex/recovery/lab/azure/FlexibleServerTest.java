package io.arbitex.recovery.lab.azure;

import static io.arbitex.recovery.lab.azure.TestAzure.GROUP;
import static io.arbitex.recovery.lab.azure.TestAzure.SOURCE;
import static io.arbitex.recovery.lab.azure.TestAzure.ask;
import static io.arbitex.recovery.lab.azure.TestAzure.run;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.management.exception.ManagementException;
import com.azure.resourcemanager.postgresqlflexibleserver.PostgreSqlManager;
import com.azure.resourcemanager.postgresqlflexibleserver.fluent.models.FirewallRuleInner;
import com.azure.resourcemanager.postgresqlflexibleserver.models.Configuration;
import com.azure.resourcemanager.postgresqlflexibleserver.models.ConfigurationForUpdate;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arbitex.recovery.lab.azure.api.Misbehaviour;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** A server by Azure's client library: its firewall, its parameters, its life, and refusals. */
class FlexibleServerTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static TestAzure azure;

  @BeforeAll
  static void start() throws Exception {
    azure = new TestAzure();
  }

  @AfterAll
  static void end() throws Exception {
    azure.close();
  }

  private static void rule(String name, String start, String end) {
    azure
        .manager()
        .serviceClient()
        .getFirewallRules()
        .createOrUpdate(
            GROUP,
            SOURCE,
            name,
            new FirewallRuleInner().withStartIpAddress(start).withEndIpAddress(end));
  }

  @Test
  void whoIsInNoFirewallRuleIsRefused() throws Exception {
    String from = "&localSocketAddress=127.0.0.9";
    assertThatThrownBy(() -> azure.connect(SOURCE, from))
        .hasMessageContaining("no pg_hba.conf entry for host \"127.0.0.9\"");
    rule("nine", "127.0.0.5", "127.0.0.12");
    try (Connection connection = azure.connect(SOURCE, from)) {
      assertThat(ask(connection, "SELECT inet_client_addr()")).isEqualTo("127.0.0.9");
      azure.manager().firewallRules().delete(GROUP, SOURCE, "nine");
      // Who is in stays in.
      assertThat(ask(connection, "SELECT 1")).isEqualTo("1");
    }
    assertThatThrownBy(() -> azure.connect(SOURCE, from)).hasMessageContaining("no pg_hba.conf");
    assertThat(azure.manager().firewallRules().listByServer(GROUP, SOURCE))
        .extracting(each -> each.name() + " " + each.startIpAddress())
        .containsExactly("this-machine 127.0.0.1");
    assertThatThrownBy(() -> rule("wrong", "127.0.0.9", "127.0.0.1"))
        .isInstanceOf(ManagementException.class)
        .hasMessageContaining("is before");
  }

  @Test
  void theAdministratorIsNoSuperuserAndNobodyIsTheLabs() throws Exception {
    try (Connection connection = azure.connect(SOURCE)) {
      assertThat(ask(connection, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user"))
          .isEqualTo("f");
      run(connection, "CREATE DATABASE made", "DROP DATABASE made");
    }
  }

  @Test
  void aDynamicParameterIsTrueAtOnceAndAStaticOneAfterARestart() throws Exception {
    PostgreSqlManager manager = azure.manager();
    set("work_mem", "16384");
    set("max_connections", "80");
    assertThat(manager.configurations().get(GROUP, SOURCE, "work_mem").isConfigPendingRestart())
        .isFalse();
    Configuration waiting = manager.configurations().get(GROUP, SOURCE, "max_connections");
    assertThat(waiting.value()).isEqualTo("80");
    assertThat(waiting.source()).isEqualTo("user-override");
    assertThat(waiting.isConfigPendingRestart()).isTrue();
    try (Connection connection = azure.connect(SOURCE)) {
      assertThat(ask(connection, "SHOW work_mem")).isEqualTo("16MB");
      assertThat(ask(connection, "SHOW max_connections")).isEqualTo("60");
    }

    manager.servers().restart(GROUP, SOURCE);

    try (Connection connection = azure.connect(SOURCE)) {
      assertThat(ask(connection, "SHOW max_connections")).isEqualTo("80");
    }
    assertThat(
            manager.configurations().get(GROUP, SOURCE, "max_connections").isConfigPendingRestart())
        .isFalse();
    assertThatThrownBy(() -> set("work_mem", "a lot")).hasMessageContaining("64-2147483647");
    assertThatThrownBy(() -> set("archive_command", "rm")).hasMessageContaining("read-only");
    assertThatThrownBy(() -> set("no_such", "1"))
        .isInstanceOfSatisfying(
            ManagementException.class,
            e -> assertThat(e.getResponse().getStatusCode()).isEqualTo(404));
    assertThat(manager.configurations().listByServer(GROUP, SOURCE))
        .extracting(Configuration::name)
        .contains("work_mem", "max_connections", "autovacuum");
  }

  private static void set(String name, String value) {
    azure
        .manager()
        .serviceClient()
        .getConfigurations()
        .update(GROUP, SOURCE, name, new ConfigurationForUpdate().withValue(value));
  }

  @Test
  void aStoppedServerRefusesAndKeepsWhatItHas() throws Exception {
    try (Connection connection = azure.connect(SOURCE)) {
      run(connection, "CREATE TABLE kept AS SELECT 1 AS n");
    }
    PostgreSqlManager manager = azure.manager();
    manager.servers().stop(GROUP, SOURCE);
    assertThat(manager.servers().getByResourceGroup(GROUP, SOURCE).state()).hasToString("Stopped");
    assertThatThrownBy(() -> azure.connect(SOURCE)).hasMessageContaining("refused");
    assertThatThrownBy(() -> set("work_mem", "4096")).hasMessageContaining("is Stopped");
    manager.servers().start(GROUP, SOURCE);
    try (Connection connection = azure.connect(SOURCE)) {
      assertThat(ask(connection, "SELECT n FROM kept")).isEqualTo("1");
      run(connection, "DROP TABLE kept");
    }
  }

  private static HttpResponse<String> get(String pathAndQuery) throws Exception {
    return HttpClient.newHttpClient()
        .send(
            HttpRequest.newBuilder(azure.address().resolve(pathAndQuery)).build(),
            HttpResponse.BodyHandlers.ofString());
  }

  private static void assertRefused(String pathAndQuery, int status, String code) throws Exception {
    HttpResponse<String> answer = get(pathAndQuery);
    assertThat(answer.statusCode()).isEqualTo(status);
    JsonNode error = JSON.readTree(answer.body()).path("error");
    assertThat(error.path("code").asText()).isEqualTo(code);
    assertThat(error.path("message").asText()).isNotEmpty();
  }

  @Test
  void aServerIsToldInAStateThatItIsNotIn() throws Exception {
    int rule = azure.control().add(Misbehaviour.wrongState("flexibleServers", SOURCE, "Updating"));
    try (Connection connection = azure.connect(SOURCE)) {
      assertThat(state()).isEqualTo("Updating");
      assertThat(azure.manager().servers().listByResourceGroup(TestAzure.GROUP))
          .extracting(each -> each.state().toString())
          .containsExactly("Updating");
      assertThat(ask(connection, "SELECT 1")).isEqualTo("1");
    }
    azure.control().clear(rule);
    assertThat(state()).isEqualTo("Ready");
  }

  private static String state() {
    return azure.manager().servers().getByResourceGroup(TestAzure.GROUP, SOURCE).state().toString();
  }

  @Test
  void refusalsHaveAzuresShape() throws Exception {
    String id = TestAzure.id(SOURCE);
    String version = "?api-version=2022-12-01";
    assertThat(get(id.toUpperCase(java.util.Locale.ROOT) + version).statusCode()).isEqualTo(200);
    assertRefused(id, 400, "MissingApiVersionParameter");
    assertRefused(id + "?api-version=2019-01-01", 400, "NoRegisteredProviderFound");
    assertRefused(TestAzure.id("nobody") + version, 404, "ResourceNotFound");
    assertRefused(id.replace(GROUP, "rg-none") + version, 404, "ResourceGroupNotFound");
    assertRefused(
        id.replace(AzureClients.SUBSCRIPTION, "another") + version, 404, "SubscriptionNotFound");
    assertRefused(id + "/backups/none" + version, 404, "ResourceNotFound");
    assertRefused(
        "/subscriptions/"
            + AzureClients.SUBSCRIPTION
            + "/providers/Microsoft.DBforPostgreSQL/locations/westeurope/azureAsyncOperation/none"
            + version,
        404,
        "OperationNotFound");
  }
}
