package io.arbitex.recovery.executors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.arbitex.recovery.checks.kubernetes.ClustersFixture;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.executors.database.Bound;
import io.arbitex.recovery.record.CommandKind;
import io.arbitex.recovery.record.Fact;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.Mode;
import io.arbitex.recovery.record.Severity;
import io.arbitex.recovery.record.StepCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which cluster the procedures work in: the one that their command names. */
class BoundClusterTest {
  @TempDir Path folder;
  private ClustersFixture clusters;
  private Procedures procedures;

  @BeforeEach
  void begin() throws Exception {
    clusters = new ClustersFixture();
    Files.writeString(folder.resolve("kubeconfig"), clusters.kubeconfig("old"));
    Inventory inventory =
        Inventory.parse(
            "platform.yaml",
            folder,
            """
            platforms:
              - name: eu-1
                observers: [a]
                endpoints:
                  health: ["http://127.0.0.1:1/health"]
                  adminToken: env:TOKEN
                  auditKey: env:KEY
                kubernetes:
                  kubeconfig: file:kubeconfig
                  namespace: arbitex
                  writers: [deployment/arbitex-platform]
                azure:
                  endpoint: %s
                  credential: none
                  subscription: s
                  tenant: t
                  resourceGroup: g
                components:
                  - {name: public-health, kind: endpoint}
                  - name: cluster
                    kind: aks
                    cluster:
                      name: old
                      resourceGroup: g
                      nodes: 3
                      like: {location: westeurope, vmSize: Standard_D4s_v5}
                  - name: buffer
                    kind: pvc
                    procedures: [pvc.snapshot]
                    volume:
                      claim: arbitex-audit-buffer
                      workloads: [deployment/arbitex-platform]
                      helperImage: busybox:1.36
                      azure: {snapshots: g, disks: g}
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
            """
                .formatted(clusters.azure()));
    procedures =
        new Procedures(
            inventory,
            Policy.parse("runbook.yaml", folder, "version: 1\n"),
            // What this executor has read of bindings is older than the commands.
            (platform, component) -> Optional.of(new Bound(component, 0)),
            Clock.systemUTC());
  }

  @AfterEach
  void end() {
    clusters.close();
  }

  private static StepCommand command(String component, String procedure, Fact... parameters) {
    return StepCommand.newBuilder()
        .setCommandId("inc/step/1")
        .setIncidentId("inc")
        .setPlatform("eu-1")
        .setKind(CommandKind.EXECUTE)
        .setStepId("step")
        .setComponent(component)
        .setProcedure(procedure)
        .setWorker("redis")
        .setAttempt(1)
        .setSeverity(Severity.P1)
        .setMode(Mode.ACT)
        .setIssuedAt(Instant.EPOCH)
        .setDeadline(Instant.now().plusSeconds(600))
        .setParameters(List.of(parameters))
        .build();
  }

  /** The first look of the first action: there is nothing in these clusters, so all end here. */
  private ActionFailure begins(StepCommand command) {
    Procedure procedure = procedures.of(command).orElseThrow();
    return catchThrowableOfType(
        ActionFailure.class, () -> procedure.actions().get(0).look(new BareContext(command)));
  }

  @ParameterizedTest
  @CsvSource({"redis,redis.rdb", "redis,redis.aof", "buffer,pvc.snapshot"})
  void aProcedureWorksInTheClusterThatItsCommandNames(String component, String procedure) {
    begins(command(component, procedure, new Fact("cluster-resource", "new")));
    assertThat(clusters.asked("new")).isNotEmpty();
    assertThat(clusters.asked("old")).isEmpty();
  }

  @Test
  void aCommandThatNamesTheInventorysOwnOrNoneWorksThere() {
    begins(command("redis", "redis.rdb", new Fact("cluster-resource", "old")));
    int asked = clusters.asked("old").size();
    assertThat(asked).isPositive();
    begins(command("redis", "redis.rdb"));
    assertThat(clusters.asked("old")).hasSizeGreaterThan(asked);
    assertThat(clusters.azureAsked()).isEmpty();
  }

  @Test
  void aClusterThatAzureDoesNotHaveCannotBeReached() {
    clusters.delete("new");
    ActionFailure failure =
        begins(command("redis", "redis.rdb", new Fact("cluster-resource", "new")));
    assertThat(failure.code()).isEqualTo(FailureCode.TARGET_UNREACHABLE);
    assertThat(failure).hasMessageContaining("Azure has no cluster new");
  }

  /** It says nothing of the cluster, and may pass. */
  @Test
  void anAzureThatIsAwayFailsThePreflightAndIsTriedAgain() {
    clusters.azureIsAway();
    ActionFailure failure =
        begins(command("redis", "redis.rdb", new Fact("cluster-resource", "new")));
    assertThat(failure.code()).isEqualTo(FailureCode.PREFLIGHT);
    assertThat(failure.retryable()).isTrue();
    assertThat(failure.hint()).contains("docs/azure.md");
  }
}
