package io.arbitex.recovery.lab.world;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Writes the configuration files of the services, as a person would for any installation: an
 * inventory, a policy, and a file for each service. Observers have an inventory of their own, since
 * each reaches the servers by its own path.
 */
final class LabConfiguration {
  private static final String ALERTS =
      """
              alerts:
                - rule: %s
                  labels: {job: %s}
      """
          .formatted(Monitoring.RULE, Monitoring.JOB);

  /** What needs a person's approval by default: a drill has nobody to ask. */
  private static final String DAMAGE_WITHOUT_APPROVAL =
      """
      symptoms:
        restore: [unreachable, data-lost, corrupt, data-missing]
        restoreByApproval: [hung]
      """;

  /** The file of the command line that people use; no process of the lab. */
  static final String CONSOLE = "console";

  private final LabPlan plan;
  private final LabFolder folder;

  LabConfiguration(LabPlan plan) {
    this.plan = plan;
    this.folder = plan.folder();
  }

  /** Writes all files. */
  void write() throws IOException {
    Files.writeString(
        inventory(),
        inventory(
            plan.serverHosts(),
            plan.serverPorts(),
            plan.redis(),
            LabCluster.kubeconfig(folder),
            plan.platformAddress()),
        StandardCharsets.UTF_8);
    Files.writeString(policy(), policyText(), StandardCharsets.UTF_8);
    for (String observer : plan.observers()) {
      Map<String, Integer> ports =
          LabPlan.SERVERS.stream()
              .collect(
                  Collectors.toMap(
                      server -> server,
                      server -> plan.paths().get(LabPlan.path(observer, server))));
      Path own = folder.etc().resolve("platform-" + observer + ".yaml");
      Optional<Integer> redis =
          Optional.ofNullable(plan.paths().get(LabPlan.path(observer, LabPlan.REDIS)));
      Files.writeString(
          own,
          inventory(
              Map.of(),
              ports,
              redis,
              ClusterConfiguration.kubeconfig(plan, observer),
              ClusterConfiguration.platform(plan, observer)),
          StandardCharsets.UTF_8);
      service(
          observer,
          own,
          """
          witness: http://127.0.0.1:%d/
          probe:
            interval: 1s
            timeout: 2s
            heartbeat: 2s
            baselineEvery: %s
            integrity: {fullEvery: %s}
          %s"""
              .formatted(
                  plan.paths().get(LabPlan.path(observer, LabPlan.WITNESS)),
                  // One observer's baselines are enough, and counting a big table costs.
                  observer.equals(plan.observers().get(0)) ? "30s" : "0",
                  plan.azure().isPresent() ? "4s" : "0",
                  receivers(observer)));
    }
    service("classifier", inventory(), "standbyReplicas: 0\n");
    service("executors", inventory(), "");
    service("verifier", inventory(), "chainThreads: 2\n");
    service("backup", inventory(), "");
    service("console", inventory(), "");
    service(CONSOLE, inventory(), "");
  }

  private String receivers(String observer) {
    Integer port = plan.receiverPorts().get(observer);
    return port == null
        ? ""
        : """
          receivers:
            port: %d
            from:
              - {name: %s, kind: alertmanager, token: "file:%s"}
          """
            .formatted(port, LabPlan.RECEIVER, alertToken());
  }

  /** What senders of alerts show. */
  Path alertToken() {
    return folder.secrets().resolve("alert-token");
  }

  Path inventory() {
    return folder.etc().resolve("platform.yaml");
  }

  Path policy() {
    return folder.etc().resolve("runbook.yaml");
  }

  Path killSwitch() {
    return folder.etc().resolve("kill-switch");
  }

  Path file(String service) {
    return folder.etc().resolve(service + ".yaml");
  }

  private void service(String name, Path inventory, String own) throws IOException {
    String text =
        """
        name: %s
        kafka:
          bootstrap: 127.0.0.1:%d
          partitions: %d
          replication: 1
        inventory: %s
        policy: %s
        http:
          port: %d
        killSwitch: %s
        stateFolder: %s
        %s"""
            .formatted(
                name,
                plan.brokerPort(),
                LabBroker.PARTITIONS,
                inventory,
                policy(),
                plan.statusPorts().getOrDefault(name, 0),
                killSwitch(),
                folder.root().resolve("services").resolve(name),
                own);
    Files.writeString(file(name), text, StandardCharsets.UTF_8);
  }

  private String inventory(
      Map<String, String> hosts,
      Map<String, Integer> ports,
      Optional<Integer> redis,
      Path kubeconfig,
      String platform) {
    String servers =
        LabPlan.SERVERS.stream()
            .map(
                server ->
                    """
                              - name: %s
                                host: %s
                                port: %d
                                sslMode: disable
                                adminUser: %s
                                adminPassword: file:%s
                    %s"""
                        .formatted(
                            server,
                            hosts.getOrDefault(server, "127.0.0.1"),
                            ports.get(server),
                            PlatformDatabase.ADMIN,
                            folder.secrets().resolve(server + "-admin-password"),
                            flexibleServer(server)))
            .collect(Collectors.joining());
    return """
        platforms:
          - name: %s
            observers: %s
            endpoints:
              health: ["%s/health"]
              auditVerify: %s/v1/admin/audit/verify
              adminToken: file:%s
              auditKey: file:%s
        %s    components:
              - name: %s
                kind: postgresql
                procedures: %s
        %s        postgresql:
                  database: %s
                  resource: %s
                  restoreTo: [%s]
                  applicationRole: %s
                  connectionSecret: kubernetes:%s/%s
        %s          backups: [%s]
                  tools: %s
                  criticalTables: [tenants, policy_rules, audit_events]
                  salvage: %s
                  servers:
        %s%s%s%s"""
        .formatted(
            LabPlan.PLATFORM,
            plan.observers(),
            platform,
            platform,
            folder.secrets().resolve("admin-token"),
            folder.secrets().resolve("audit-key"),
            cluster(kubeconfig) + azure(),
            LabPlan.COMPONENT,
            plan.azure().isPresent() ? "[postgresql.pitr, postgresql.dump]" : "[postgresql.dump]",
            plan.options().monitoring().isEmpty() ? "" : ALERTS,
            PlatformDatabase.DATABASE,
            LabPlan.PRIMARY,
            LabPlan.SPARE,
            PlatformDatabase.APPLICATION,
            PlatformWorkload.SECRET,
            PlatformWorkload.DATABASE_URL,
            keyVault(),
            folder.backups(),
            plan.tools(),
            folder.root().resolve("salvage"),
            servers,
            redis
                .filter(port -> !plan.options().redisVolume())
                .map(port -> RedisConfiguration.component(folder, plan.options().redis(), port))
                .orElse(""),
            plan.options().volumes() ? VolumeConfiguration.components(plan.options()) : "",
            plan.options().clusterWatched() ? ClusterConfiguration.components(plan) : "");
  }

  /** Where a new cluster takes the database's URL from; a cutover keeps it up to date. */
  private String keyVault() {
    return plan.options().managedCluster()
        ? "          keyVault: {url: %s, secret: %s}\n"
            .formatted(PlatformVault.url(plan), PlatformVault.name(PlatformWorkload.DATABASE_URL))
        : "";
  }

  private String flexibleServer(String server) {
    return plan.azure().isPresent() && server.equals(LabPlan.PRIMARY)
        ? "            flexibleServer: " + LabAzureCloud.SERVER + "\n"
        : "";
  }

  /** The platform's field {@code azure}; indented for its place. */
  private String azure() {
    return plan.azure()
        .map(
            ports ->
                """
                    azure:
                      endpoint: %s
                      subscription: %s
                      tenant: %s
                      resourceGroup: %s
                      credential: none
                """
                    .formatted(
                        LabAzureCloud.endpoint(ports),
                        LabAzureCloud.SUBSCRIPTION,
                        LabAzureCloud.TENANT,
                        LabAzureCloud.GROUP))
        .orElse("");
  }

  /** The platform's field {@code kubernetes}; indented for its place. */
  private String cluster(Path kubeconfig) {
    return """
        kubernetes:
          kubeconfig: file:%s
          namespace: %s
          writers: %s
          smoke:
            - name: alembic
              in: deployment/%s
              command: [alembic, current]
              timeout: 20s
              printsAlembicHead: true
            - name: smoke
              in: deployment/%s
              command: [smoke]
              timeout: 20s
    """
        .formatted(
            kubeconfig,
            LabCluster.NAMESPACE,
            PlatformWorkload.DEPLOYMENTS.stream().map("deployment/"::concat).toList(),
            PlatformWorkload.PLATFORM,
            PlatformWorkload.PLATFORM);
  }

  /** The runbook's policy with budgets in seconds instead of minutes, so that a drill can miss. */
  private String policyText() {
    return """
        version: 1
        mode: %s
        detection:
          confirmations: 3
          recoveries: 3
          quorum: majority
          observerTimeout: 5s
          restoreAfter: %s
          correlationWindow: 1s
        severities:
          P0: {rto: 60s, rpo: 3m, phaseFactor: 0.5, escalation: [on-call, sre]}
          P1: {rto: 2m, rpo: 3m, phaseFactor: 1, escalation: [on-call, sre]}
          P2: {rto: 4m, rpo: 6m, phaseFactor: 2, escalation: [sre], told: at-once}
        phases:
          detectionTriage: 15s
          restore: 60s
          verify: 30s
          cutover: 15s
        %sprocedures:
          parallel: %s
          order:
            postgresql: [postgresql.pitr, postgresql.dump]
            redis: [redis.aof, redis.rdb, redis.cold]
            pvc: [pvc.snapshot]
            aks: [aks.backup, aks.rebuild]
          pitr: {archiveLag: 6s}
          timeouts: {postgresql.pitr: 90s, redis.aof: 60s, redis.rdb: 60s, redis.cold: 30s, cutover.redis: 2m, pvc.snapshot: 2m, cutover.volume: 2m, aks.backup: 3m, aks.rebuild: 3m, cutover.cluster: 3m}
          expected:
            postgresql.pitr: 10s
            postgresql.dump: 5s
            cutover.database: 2s
            redis.aof: 5s
            redis.rdb: 5s
            redis.cold: 1s
            cutover.redis: 5s
            pvc.snapshot: 5s
            cutover.volume: 10s
            aks.backup: 20s
            aks.rebuild: 20s
            cutover.cluster: 20s
            verify.full: 5s
        guards:
          cooldown: %s
          maxFailedRecoveries: 2
          approvalFor: %s
        %schannels:
          - name: sre
            kind: slack
            url: file:%s
          - name: on-call
            kind: pagerduty
            routingKey: file:%s
            url: %s
        """
        .formatted(
            plan.options().dryRun() ? "dry-run" : "act",
            text(plan.options().restoreAfter()),
            plan.azure().isPresent() ? DAMAGE_WITHOUT_APPROVAL : "",
            plan.options().parallel(),
            text(plan.options().cooldown()),
            plan.options().approval() ? "[p0]" : "[]",
            plan.options().monitoring().isEmpty()
                ? ""
                : "alerts: {sources: [{name: %s, trusted: true}]}\n".formatted(LabPlan.RECEIVER),
            folder.secrets().resolve("slack-url"),
            folder.secrets().resolve("pagerduty-routing-key"),
            plan.pagerAddress());
  }

  private static String text(Duration duration) {
    return duration.toMillis() + "ms";
  }
}
