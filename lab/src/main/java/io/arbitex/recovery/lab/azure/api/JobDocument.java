package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.protection.BackupInstance;
import io.arbitex.recovery.lab.azure.protection.BackupJob;
import io.arbitex.recovery.lab.azure.protection.BackupJob.Kind;
import io.arbitex.recovery.lab.azure.protection.BackupJob.Status;
import io.arbitex.recovery.lab.azure.protection.BackupVault;
import io.arbitex.recovery.lab.azure.protection.Vaults;
import io.arbitex.recovery.lab.azure.protection.Warning;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.TreeMap;

/** Jobs of backup vaults as Azure tells of them. */
final class JobDocument {
  private final Vaults vaults;
  private final String subscription;
  private final Clock clock;

  JobDocument(Vaults vaults, String subscription, Clock clock) {
    this.vaults = vaults;
    this.subscription = subscription;
    this.clock = clock;
  }

  /** Resource id of a job. */
  String id(BackupVault vault, String job) {
    return vaults.id(vault) + "/backupJobs/" + job;
  }

  ObjectNode of(BackupVault vault, BackupInstance instance, BackupJob job) {
    ObjectNode document =
        ArmAnswer.object()
            .put("id", id(vault, job.id()))
            .put("name", job.id())
            .put("type", ProtectionDocument.TYPE + "/backupJobs");
    ObjectNode properties = document.putObject("properties");
    JsonNode source = instance.properties().path("dataSourceInfo");
    boolean runs = job.status() == Status.IN_PROGRESS;
    long end = runs ? clock.millis() : job.endedMillis();
    properties
        .put("activityID", job.id())
        .put("backupInstanceFriendlyName", instance.name())
        .put("backupInstanceId", vaults.id(vault) + "/backupInstances/" + instance.name())
        .put("dataSourceId", instance.cluster())
        .put("dataSourceLocation", source.path("resourceLocation").asText())
        .put("dataSourceName", source.path("resourceName").asText())
        .put("dataSourceType", source.path("datasourceType").asText())
        .put("isUserTriggered", true)
        .put("operation", job.kind().text())
        .put("operationCategory", job.kind().text())
        .put("policyId", instance.properties().at("/policyInfo/policyId").asText())
        .put("progressEnabled", false)
        .put("sourceSubscriptionID", subscription)
        .put("subscriptionId", subscription)
        .put("vaultName", vault.name())
        .put("startTime", Instant.ofEpochMilli(job.startedMillis()).toString())
        .put("duration", duration(end - job.startedMillis()))
        .put("status", job.status().text());
    properties.putArray("supportedActions");
    if (!runs) {
      properties.put("endTime", Instant.ofEpochMilli(end).toString());
    }
    ArrayNode errors = properties.putArray("errorDetails");
    if (job.errorCode() != null) {
      errors.add(error(job.errorCode(), job.errorMessage()));
    }
    properties.set("extendedInfo", extended(job));
    return document;
  }

  private ObjectNode extended(BackupJob job) {
    ObjectNode extended = ArmAnswer.object();
    ObjectNode additional = extended.putObject("additionalDetails");
    new TreeMap<>(job.details()).forEach(additional::put);
    ObjectNode task =
        extended
            .putArray("subTasks")
            .addObject()
            .put("taskId", 1)
            .put("taskName", "Trigger " + job.kind().text())
            .put("taskStatus", job.status().text());
    task.putObject("additionalDetails");
    if (job.kind() == Kind.RESTORE) {
      extended.put(
          "recoveryDestination",
          job.request().at("/restoreTargetInfo/datasourceInfo/resourceID").asText());
      ObjectNode point =
          extended.putObject("sourceRecoverPoint").put("recoveryPointID", job.point());
      vaults
          .instance(job.vault(), job.instance())
          .flatMap(each -> vaults.point(each, job.point()))
          .ifPresent(
              each ->
                  point.put("recoveryPointTime", Instant.ofEpochMilli(each.millis()).toString()));
    }
    ArrayNode warnings = extended.putArray("warningDetails");
    for (Warning each : job.warnings()) {
      warnings
          .addObject()
          .put("resourceName", each.resource())
          .set("warning", error(each.code(), each.message()));
    }
    return extended;
  }

  private static ObjectNode error(String code, String message) {
    ObjectNode error =
        ArmAnswer.object()
            .put("code", code)
            .put("message", message)
            .put("isRetryable", false)
            .put("isUserError", false);
    error.putArray("recommendedAction");
    return error;
  }

  private static String duration(long millis) {
    Duration duration = Duration.ofMillis(Math.max(0, millis));
    return String.format(
        "%02d:%02d:%02d", duration.toHours(), duration.toMinutesPart(), duration.toSecondsPart());
  }
}
