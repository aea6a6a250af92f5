package io.arbitex.recovery.lab.azure;

import static io.arbitex.recovery.lab.azure.EmptyAzure.GROUP;
import static io.arbitex.recovery.lab.azure.ProtectionClient.INSTANCE_PATH;
import static io.arbitex.recovery.lab.azure.ProtectionClient.VAULT_PATH;
import static io.arbitex.recovery.lab.azure.ProtectionClient.order;
import static io.arbitex.recovery.lab.azure.TestAzure.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.management.exception.ManagementException;
import com.azure.core.util.polling.LongRunningOperationStatus;
import com.azure.resourcemanager.containerservice.fluent.models.TrustedAccessRoleBindingInner;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.api.Misbehaviour;
import io.arbitex.recovery.lab.azure.api.Misbehaviour.How;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Backup and restore of a managed cluster into another one. Both are real Kubernetes of the lab.
 */
class ProtectionTest {
  private static final String RESTORE = "backupVaults/backupInstances/restore";

  private static TwoClusters world;
  private static ProtectionClient client;
  private static String point;

  @BeforeAll
  static void start() throws Exception {
    world = new TwoClusters();
    client = new ProtectionClient(world.address());
    client.makeVault();
    for (String each : List.of("aks-prod", "aks-dr")) {
      assertThat(client.install(each).path("status").asText()).isEqualTo("Succeeded");
      world.letIn(each, VAULT_PATH);
    }
    client.protect();
    point = client.backUp();
  }

  @AfterAll
  static void end() throws Exception {
    if (world != null) {
      world.close();
    }
  }

  @AfterEach
  void behave() throws Exception {
    world.control().clearAll();
  }

  private static ObjectNode into(String namespace, Map<String, Object> criteria) {
    return order(point, "aks-dr", Map.of("arbitex", namespace), criteria);
  }

  private static JsonNode restore(ObjectNode order) throws Exception {
    return client.ended(client.post("restore", order));
  }

  private static JsonNode misled(How how, String namespace) throws Exception {
    world.control().add(Misbehaviour.of("POST", RESTORE, how, 1));
    return restore(into(namespace, Map.of()));
  }

  private static String resources(JsonNode job) {
    JsonNode details = job.at("/extendedInfo/additionalDetails");
    return details.path("ResourcesRestored").asText()
        + "+"
        + details.path("ResourcesSkipped").asText();
  }

  @Test
  void aClusterIsRestoredIntoAnotherWithItsVolumesAndPodsThatRun() throws Exception {
    ObjectNode order = order(point, "aks-dr", Map.of(), Map.of());
    ObjectNode envelope = order.objectNode();
    envelope.set("restoreRequestObject", order);
    assertThat(client.begin("validateRestore", envelope).waitForCompletion().getStatus())
        .isEqualTo(LongRunningOperationStatus.SUCCESSFULLY_COMPLETED);
    var poller = client.begin("restore", order);
    assertThat(poller.waitForCompletion().getStatus())
        .isEqualTo(LongRunningOperationStatus.SUCCESSFULLY_COMPLETED);
    String job = ((Map<?, ?>) poller.getFinalResult()).get("jobId").toString();
    assertThat(job).startsWith(VAULT_PATH + "/backupJobs/");
    until("the job ends", () -> client.job(job).hasNonNull("endTime"));

    JsonNode told = client.job(job);
    assertThat(told.path("status").asText()).isEqualTo("Completed");
    assertThat(told.path("operation").asText()).isEqualTo("Restore");
    assertThat(told.at("/extendedInfo/recoveryDestination").asText()).endsWith("/aks-dr");
    assertThat(told.at("/extendedInfo/sourceRecoverPoint/recoveryPointID").asText())
        .isEqualTo(point);
    KubernetesClient target = world.target();
    assertThat(target.configMaps().inNamespace("arbitex").withName("settings").get().getData())
        .containsEntry("tenants", "12");
    assertThat(target.secrets().inNamespace("arbitex").withName("database").get().getData())
        .containsEntry("url", "cGc6Ly9kYg==");
    assertThat(target.services().inNamespace("arbitex").withName("platform").get().getSpec())
        .satisfies(it -> assertThat(it.getSelector()).containsEntry("app", "platform"));
    assertThat(target.batch().v1().cronjobs().inNamespace("arbitex").withName("backup").get())
        .isNotNull();
    assertThat(target.serviceAccounts().inNamespace("arbitex").withName("platform").get())
        .isNotNull();
    // It mounts the restored volume, whose contents are those of the backup.
    until(
        "its pods run",
        () ->
            target
                .apps()
                .deployments()
                .inNamespace("arbitex")
                .withName("platform")
                .get()
                .getStatus()
                .getReadyReplicas()
                .equals(1));
    assertThat(world.volumeOf(target, "arbitex").resolve("audit.log")).hasContent("first");
    assertThat(world.volumeOf(target, "arbitex"))
        .isNotEqualTo(world.volumeOf(world.source(), "arbitex"));
  }

  @Test
  void validationTellsWhyARestoreCannotBegin() throws Exception {
    ObjectNode fine = into("checked", Map.of());
    assertThat(client.validate(fine)).isEqualTo("Succeeded");
    assertThat(client.validate(order("0".repeat(32), "aks-dr", Map.of(), Map.of())))
        .isEqualTo("RecoveryPointNotFound");
    assertThat(client.validate(order(point, "nobody", Map.of(), Map.of())))
        .isEqualTo("UserErrorClusterNotFound");
    ObjectNode other = order(point, "aks-other", Map.of(), Map.of());
    assertThat(client.validate(other)).isEqualTo("UserErrorKubernetesBackupExtensionNotFoundError");

    // Nobody answers there, so the extension is not installed either.
    assertThat(client.install("aks-other").path("status").asText()).isEqualTo("Failed");
    assertThat(client.extensionOf("aks-other").at("/properties/provisioningState").asText())
        .isEqualTo("Failed");
    assertThat(client.validate(other)).isEqualTo("UserErrorKubernetesBackupExtensionHasErrors");

    world.reviveOther();
    client.install("aks-other");
    assertThat(client.validate(other)).isEqualTo("UserErrorTrustedAccessGatewayReturnedForbidden");
    world.letIn("aks-other", VAULT_PATH);
    assertThat(client.validate(other)).isEqualTo("Succeeded");
    world.killOther();
    assertThat(client.validate(other)).isEqualTo("UserErrorClusterUnreachable");
    assertThat(client.post("restore", other).at("/error/code").asText())
        .isEqualTo("UserErrorClusterUnreachable");
    client.uninstall("aks-other");
    assertThat(client.validate(other)).isEqualTo("UserErrorKubernetesBackupExtensionNotFoundError");

    assertThatThrownBy(() -> client.post("restore", fine.deepCopy().put("objectType", "Other")))
        .isInstanceOf(ManagementException.class)
        .hasMessageContaining("InvalidParameterValue");
    assertThat(world.namespaces()).doesNotContain("checked");
  }

  @Test
  void whatIsThereStaysOrIsPatchedAndWhatIsNotMeantIsLeftOut() throws Exception {
    KubernetesClient target = world.target();
    ObjectNode few =
        into("kept", Map.of("includedResourceTypes", List.of("v1/ConfigMap", "v1/Secret")));
    assertThat(resources(restore(few))).isEqualTo("3+0");
    assertThat(target.apps().deployments().inNamespace("kept").list().getItems()).isEmpty();
    JsonNode again = restore(few);
    assertThat(again.path("status").asText() + " " + resources(again)).isEqualTo("Completed 0+3");

    target
        .configMaps()
        .inNamespace("kept")
        .withName("settings")
        .edit(it -> new ConfigMapBuilder(it).addToData("tenants", "99").build());
    JsonNode skipped = restore(few);
    assertThat(skipped.path("status").asText()).isEqualTo("CompletedWithWarnings");
    assertThat(skipped.at("/extendedInfo/warningDetails/0/resourceName").asText())
        .isEqualTo("ConfigMap kept/settings");
    assertThat(settings("kept").getData()).containsEntry("tenants", "99");

    JsonNode patched =
        restore(
            into(
                "kept",
                Map.of("conflictPolicy", "Patch", "includedResourceTypes", List.of("configmaps"))));
    assertThat(patched.path("status").asText()).isEqualTo("Completed");
    assertThat(settings("kept").getData()).containsEntry("tenants", "12");

    restore(into("labelled", Map.of("labelSelectors", List.of("tier=config"))));
    assertThat(target.configMaps().inNamespace("labelled").list().getItems()).hasSize(1);
    assertThat(target.secrets().inNamespace("labelled").list().getItems()).isEmpty();
    // A namespace is an object of the cluster: without those nothing is there to restore into.
    JsonNode nowhere = restore(into("nowhere", Map.of("includeClusterScopeResources", false)));
    assertThat(nowhere.path("status").asText() + " " + resources(nowhere))
        .isEqualTo("Completed 0+0");
    assertThat(world.namespaces()).contains("labelled").doesNotContain("nowhere");
  }

  private static ConfigMap settings(String namespace) {
    return world.target().configMaps().inNamespace(namespace).withName("settings").get();
  }

  @Test
  void jobsGoWrongOnDemand() throws Exception {
    JsonNode failed = misled(How.JOB_FAILS, "failed");
    assertThat(failed.path("status").asText()).isEqualTo("Failed");
    assertThat(failed.at("/errorDetails/0/code").asText())
        .isEqualTo("UserErrorBackupPluginPodRestartedDuringRestore");
    JsonNode nothing = misled(How.JOB_DOES_NOTHING, "empty");
    assertThat(nothing.path("status").asText()).isEqualTo("Completed");
    assertThat(world.namespaces()).doesNotContain("failed", "empty");

    assertThat(misled(How.JOB_BREAKS_OFF, "half").path("status").asText()).isEqualTo("Failed");
    assertThat(world.target().serviceAccounts().inNamespace("half").withName("platform").get())
        .isNotNull();
    assertThat(world.target().batch().v1().cronjobs().inNamespace("half").list().getItems())
        .isEmpty();

    JsonNode warned = misled(How.JOB_WARNS, "warned");
    assertThat(warned.path("status").asText()).isEqualTo("CompletedWithWarnings");
    assertThat(warned.at("/extendedInfo/warningDetails/0/resourceName").asText())
        .isEqualTo("CronJob arbitex/backup");
    assertThat(world.target().batch().v1().cronjobs().inNamespace("warned").list().getItems())
        .isEmpty();
  }

  @Test
  void recoveryPointsAreDamagedLostOrNotListed() throws Exception {
    String damaged = client.backUp();
    world.control().damage(damaged);
    ObjectNode order = order(damaged, "aks-dr", Map.of("arbitex", "damaged"), Map.of());
    assertThat(client.validate(order)).isEqualTo("Succeeded");
    JsonNode job = restore(order);
    assertThat(job.path("status").asText()).isEqualTo("Failed");
    assertThat(job.at("/errorDetails/0/code").asText()).isEqualTo("RecoveryPointCorrupted");
    world.control().lose(damaged);
    assertThat(client.validate(order)).isEqualTo("RecoveryPointUnavailable");
    assertThat(world.namespaces()).doesNotContain("damaged");

    assertThat(client.points()).contains(point, damaged);
    String points = "backupVaults/backupInstances/recoveryPoints";
    int rule = world.control().add(Misbehaviour.of("GET", points, How.LISTS_NOTHING, 0));
    assertThat(client.points()).isEmpty();
    world.control().clear(rule);
    world.control().add(Misbehaviour.of("GET", points, How.UNAVAILABLE, 1));
    assertThat(client.points()).contains(point);
    world.control().add(Misbehaviour.of("POST", RESTORE, How.FORBIDDEN, 1));
    assertThatThrownBy(() -> client.post("restore", order))
        .hasMessageContaining("AuthorizationFailed");
    world
        .control()
        .add(Misbehaviour.wrongState("backupVaults/backupInstances", ".*", "ProtectionError"));
    assertThat(client.get(INSTANCE_PATH).at("/properties/currentProtectionState").asText())
        .isEqualTo("ProtectionError");
  }

  @Test
  void aRestoreThatAKillCutsOffGoesOnAndIsNotDoneTwice() throws Exception {
    world.control().add(Misbehaviour.of("POST", RESTORE, How.JOB_HANGS, 1));
    String job = client.post("restore", into("killed", Map.of())).at("/properties/jobId").asText();
    assertThat(client.job(job).path("status").asText()).isEqualTo("InProgress");
    assertThat(client.job(job).has("endTime")).isFalse();

    world.kill();
    // As if the job had made this before, and somebody had changed it since.
    world.makeNamespace("killed");
    world
        .target()
        .configMaps()
        .inNamespace("killed")
        .resource(
            new ConfigMapBuilder()
                .withNewMetadata()
                .withName("settings")
                .addToLabels("velero.io/restore-name", job.substring(job.lastIndexOf('/') + 1))
                .endMetadata()
                .addToData("tenants", "13")
                .build())
        .create();
    world.start();

    until("the job ends", () -> client.job(job).hasNonNull("endTime"));
    assertThat(client.job(job).path("status").asText()).isEqualTo("Completed");
    assertThat(settings("killed").getData()).containsEntry("tenants", "13");
    assertThat(world.target().secrets().inNamespace("killed").withName("database").get())
        .isNotNull();
    assertThat(client.points()).contains(point);
    assertThat(client.get(VAULT_PATH + "/backupJobs").path("value").findValuesAsText("id"))
        .containsOnlyOnce(job);
  }

  @Test
  void trustedAccessIsTheClientLibrarysOwn() {
    TrustedAccessRoleBindingInner binding =
        world.bindings().get(GROUP, "aks-dr", TwoClusters.BINDING);
    assertThat(binding.sourceResourceId()).isEqualTo(VAULT_PATH);
    assertThat(world.bindings().list(GROUP, "aks-prod")).hasSize(1);
    assertThatThrownBy(() -> world.bindings().get(GROUP, "aks-dr", "nobody"))
        .isInstanceOf(ManagementException.class);
  }

  @Test
  void aClusterIsToldInAStateThatItIsNotIn() throws Exception {
    world.control().add(Misbehaviour.wrongState("managedClusters", "aks-dr", "Updating"));
    assertThat(world.clusters().getByResourceGroup(GROUP, "aks-dr").provisioningState())
        .isEqualTo("Updating");
    assertThat(world.clusters().listByResourceGroup(GROUP))
        .extracting(each -> each.name() + " " + each.provisioningState())
        .contains("aks-dr Updating", "aks-prod Succeeded");
    assertThat(client.validate(into("checked", Map.of()))).isEqualTo("Succeeded");
    Path state = world.folder().resolve("state");
    assertThat(Files.isDirectory(state.resolve("protection"))).isTrue();
  }
}
