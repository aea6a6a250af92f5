package io.arbitex.recovery.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class InventoryTest {
  private static final String GOOD =
      """
      platforms:
        - name: lab
          observers: [observer-a, observer-b]
          endpoints:
            health: ["http://127.0.0.1:8080/health"]
            auditVerify: http://127.0.0.1:8080/v1/admin/audit/verify
            adminToken: file:secrets/admin-token
            auditKey: env:AUDIT_KEY
          components:
            - name: postgresql
              kind: postgresql
              procedures: [postgresql.dump]
              postgresql:
                database: arbitex
                resource: primary
                restoreTo: [spare]
                applicationRole: arbitex_app
                connectionSecret: file:secrets/database-url
                backups: [backups]
                tools: /usr/lib/postgresql/15/bin
                criticalTables: [tenants, policy_rules, audit_events]
                servers:
                  - name: primary
                    host: 127.0.0.1
                    port: 5432
                    adminUser: admin
                    adminPassword: file:secrets/admin
                  - name: spare
                    host: 127.0.0.1
                    port: 5433
                    adminUser: admin
                    adminPassword: file:secrets/admin
      """;

  @Test
  void relativePathsStartAtTheFile() throws InvalidConfiguration {
    Inventory inventory = Inventory.parse("platform.yaml", Path.of("/etc/recovery"), GOOD);
    Inventory.Postgresql postgresql =
        inventory
            .platform("lab")
            .orElseThrow()
            .component("postgresql")
            .orElseThrow()
            .postgresql()
            .orElseThrow();
    assertThat(postgresql.connectionSecret())
        .isEqualTo(new ConnectionSecret.InFile(Path.of("/etc/recovery/secrets/database-url")));
    assertThat(postgresql.backups()).containsExactly(Path.of("/etc/recovery/backups"));
    assertThat(inventory.text()).isEqualTo(GOOD);
  }

  /**
   * Found by the latency benchmark: a snapshot with 1,500 platforms in it is no record any more.
   */
  @Test
  void thePartOfOnePlatformCanBeReadAlone() throws InvalidConfiguration {
    String second =
        GOOD.substring(GOOD.indexOf("  - name: lab")).replace("name: lab", "name: cell-2");
    Inventory inventory =
        Inventory.parse(
            "platform.yaml", Path.of("/etc/recovery"), GOOD + "  # a remark\n" + second);
    for (String name : new String[] {"lab", "cell-2"}) {
      String part = inventory.textOf(name);
      assertThat(part.length()).isLessThan(GOOD.length() + 20);
      Inventory alone = Inventory.parse("part", Path.of("/etc/recovery"), part);
      assertThat(alone.platforms()).extracting(Inventory.Platform::name).containsExactly(name);
      assertThat(alone.platforms().get(0).components())
          .isEqualTo(inventory.platform(name).orElseThrow().components());
    }
  }

  @Test
  void mistakesBetweenFieldsAreFound() {
    String bad =
        GOOD.replace("restoreTo: [spare]", "restoreTo: [elsewhere]")
            .replace("port: 5433", "port: 99999")
            .replace("kind: postgresql\n", "kind: oracle\n");
    InvalidConfiguration e =
        catchThrowableOfType(
            InvalidConfiguration.class,
            () -> Inventory.parse("platform.yaml", Path.of("/etc/recovery"), bad));
    assertThat(e)
        .hasMessageContaining(
            "platform.yaml:11: platforms[0].components[0].kind: 'oracle' is none of");
    String bad2 = bad.replace("kind: oracle", "kind: postgresql");
    InvalidConfiguration e2 =
        catchThrowableOfType(
            InvalidConfiguration.class,
            () -> Inventory.parse("platform.yaml", Path.of("/etc/recovery"), bad2));
    assertThat(e2)
        .hasMessageContaining("restoreTo: 'elsewhere' is none of the servers")
        .hasMessageContaining("servers[1].port: is 99999, allowed: a whole number from 1 to 65535");
  }

  @Test
  void aConnectionInTheClusterNeedsItsWriters() throws InvalidConfiguration {
    String inCluster =
        GOOD.replace("file:secrets/database-url", "kubernetes:arbitex-secrets/DATABASE_URL");
    InvalidConfiguration e =
        catchThrowableOfType(
            InvalidConfiguration.class,
            () -> Inventory.parse("platform.yaml", Path.of("/etc/recovery"), inCluster));
    assertThat(e).hasMessageContaining("needs the platform's 'kubernetes.writers'");
    String cluster =
        """
            kubernetes:
              kubeconfig: file:kubeconfig
              namespace: arbitex
              writers: [deployment/arbitex-platform, cronjob/report]
              smoke:
                - {name: smoke, in: deployment/arbitex-platform, command: [smoke]}
            components:
        """;
    Inventory.Platform platform =
        Inventory.parse(
                "platform.yaml",
                Path.of("/etc/recovery"),
                inCluster.replace("    components:\n", cluster))
            .platform("lab")
            .orElseThrow();
    assertThat(platform.components().get(0).postgresql().orElseThrow().connectionSecret())
        .isEqualTo(new ConnectionSecret.InCluster("arbitex-secrets", "DATABASE_URL"));
    assertThat(platform.kubernetes().orElseThrow().writers())
        .extracting(Workload::toString)
        .containsExactly("deployment/arbitex-platform", "cronjob/report");
    assertThat(platform.kubernetes().orElseThrow().smoke().get(0).timeout())
        .isEqualTo(Duration.ofSeconds(60));
  }

  /** Its data would be restored twice, the second time over the first. */
  @Test
  void aRedisAndItsVolumeAreNotNamedBoth() {
    String both =
        """
        platforms:
          - name: lab
            observers: [observer-a]
            endpoints:
              health: ["http://127.0.0.1:8080/health"]
              adminToken: env:ADMIN_TOKEN
              auditKey: env:AUDIT_KEY
            kubernetes: {kubeconfig: file:kubeconfig, namespace: arbitex}
            azure: {subscription: s, tenant: t, resourceGroup: g}
            components:
              - name: redis
                kind: redis
                procedures: [redis.rdb]
                redis:
                  resource: arbitex-redis
                  host: 127.0.0.1
                  statefulSet: arbitex-redis
                  claim: data-arbitex-redis-0
                  helperImage: redis:7
                  backups: [backups]
                  tools: /usr/bin
              - name: redis-data
                kind: pvc
                procedures: [pvc.snapshot]
                volume:
                  claim: data-arbitex-redis-0
                  workloads: [statefulset/arbitex-redis]
                  helperImage: busybox:1.36
                  azure: {snapshots: snapshots-rg, disks: nodes-rg}
        """;
    InvalidConfiguration e =
        catchThrowableOfType(
            InvalidConfiguration.class,
            () -> Inventory.parse("platform.yaml", Path.of("/etc/recovery"), both));
    assertThat(e)
        .hasMessageContaining(
            "'redis-data' is on the claim data-arbitex-redis-0, which another component has");
  }

  private static String inAzure(String endpoint, String vault, String record) {
    return GOOD.replace(
            "    components:\n",
            """
                azure:
                  endpoint: %s
                  subscription: s
                  tenant: t
                  resourceGroup: g
                  credential: %s
                components:
            """
                .formatted(endpoint, endpoint.startsWith("https") ? "default" : "none"))
        .replace(
            "          tools:",
            """
                      keyVault: {url: "%s", secret: DATABASE-URL}
                      dns: {zone: Example.internal, resourceGroup: g, record: %s, ttl: 5s}
                      tools:\
            """
                .formatted(vault, record));
  }

  private static InvalidConfiguration mistakes(String text) {
    return catchThrowableOfType(
        InvalidConfiguration.class,
        () -> Inventory.parse("platform.yaml", Path.of("/etc/recovery"), text));
  }

  @Test
  void vaultAndRecordNeedAzureAndSendATokenOverTlsOnly() throws InvalidConfiguration {
    String good = inAzure("https://management.azure.com", "https://kv.vault.azure.net", "primary");
    Inventory.Postgresql read =
        Inventory.parse("platform.yaml", Path.of("/etc/recovery"), good)
            .platforms()
            .get(0)
            .components()
            .get(0)
            .postgresql()
            .orElseThrow();
    assertThat(read.keyVault().orElseThrow().secret()).isEqualTo("DATABASE-URL");
    assertThat(read.dns().orElseThrow().fullName()).isEqualTo("primary.example.internal");
    assertThat(read.dns().orElseThrow().ttl()).isEqualTo(Duration.ofSeconds(5));

    int from = good.indexOf("    azure:");
    String none = good.substring(0, from) + good.substring(good.indexOf("    components:"));
    assertThat(mistakes(none))
        .hasMessageContaining("postgresql.keyVault: needs the platform's 'azure'")
        .hasMessageContaining("postgresql.dns: needs the platform's 'azure'");
    assertThat(mistakes(good.replace("https://kv.vault.azure.net", "http://kv.example")))
        .hasMessageContaining("keyVault.url: no token is ever sent over http");
    assertThat(mistakes(inAzure("http://127.0.0.1:1", "https://kv.vault.azure.net", "primary")))
        .hasMessageContaining("keyVault.url: azure.credential 'none' is allowed with");
  }

  /** After the switch the source would be looked for where the target is, and be found sound. */
  @Test
  void aServerIsNotFoundByTheRecordThatACutoverChanges() {
    String text =
        inAzure("https://management.azure.com", "https://kv.vault.azure.net", "primary")
            .replaceFirst("host: 127.0.0.1", "host: primary.example.internal");
    assertThat(mistakes(text)).hasMessageContaining("dns.record: server 'primary' has this name");
  }

  @Test
  void aHealthAddressMustBeOneThatCanBeAsked() {
    for (String wrong : List.of("arbitex.example/health", "ftp://a/health", "https:///x", "a b")) {
      String text = GOOD.replace("http://127.0.0.1:8080/health", wrong);
      assertThat(mistakes(text))
          .hasMessageContaining("health: '" + wrong + "' is no http:// or https:// address");
    }
  }

  /** Review: a rebuilt cluster would have gone back to the server that was given up. */
  @Test
  void theUrlThatARecoveryOfTheClusterWritesIsTheOneThatACutoverOfTheDatabaseKeeps()
      throws InvalidConfiguration {
    String vault = "keyVault: {url: https://kv.example, secret: url}";
    String platform =
        GOOD.replace(
                "    components:",
                """
                    kubernetes: {kubeconfig: file:k, namespace: arbitex, writers: [deployment/a]}
                    azure: {subscription: s, tenant: t, resourceGroup: g}
                    components:
                      - {name: public-health, kind: endpoint}
                      - name: cluster
                        kind: aks
                        cluster:
                          name: aks
                          resourceGroup: g
                          nodes: 1
                          like: {location: l, vmSize: v}
                          secrets:
                            - {name: s, url: "https://kv.example", keys: {URL: url}}"""
                    .indent(4)
                    .stripTrailing())
            .replace("file:secrets/database-url", "kubernetes:s/URL\n          " + vault);
    assertThat(Inventory.parse("platform.yaml", Path.of("/etc"), platform).platforms()).hasSize(1);
    for (String wrong : new String[] {vault.replace("secret: url", "secret: other"), ""}) {
      assertThat(
              catchThrowableOfType(
                  InvalidConfiguration.class,
                  () ->
                      Inventory.parse(
                          "platform.yaml", Path.of("/etc"), platform.replace(vault, wrong))))
          .hasMessageContaining("'postgresql' needs keyVault")
          .hasMessageContaining("secret: url");
    }
  }

  @Test
  void aClusterNeedsThePublicHealthBesideIt() {
    String cluster =
        """
            - name: cluster
              kind: aks
              procedures: [aks.backup]
              cluster:
                name: arbitex-aks
                resourceGroup: arbitex-prod-rg
                nodes: 3
                like: {location: westeurope, vmSize: Standard_D4s_v5}
      """;
    InvalidConfiguration wrong =
        catchThrowableOfType(
            InvalidConfiguration.class,
            () -> Inventory.parse("platform.yaml", Path.of("/etc/recovery"), GOOD + cluster));
    assertThat(wrong)
        .hasMessageContaining("an aks needs the platform's 'kubernetes'")
        .hasMessageContaining("an aks needs the platform's 'azure'")
        .hasMessageContaining("backup: is needed for aks.backup")
        .hasMessageContaining("needs one of kind 'endpoint'");
  }
}
