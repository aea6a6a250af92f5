package io.arbitex.recovery.executors.azure;

import com.azure.core.http.HttpMethod;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.engine.ActionFailure;
import java.util.List;
import java.util.Optional;

/** A backup instance of a backup vault: what is protected, its recovery points, and its jobs. */
public final class BackupVault {
  private static final String VERSION = "2025-07-01";
  private static final String TYPE = "Microsoft.DataProtection/backupVaults/";

  private final ResourceManager azure;
  private final String id;
  private final String instance;

  public BackupVault(ResourceManager azure, String group, String name, String instance) {
    this.azure = azure;
    this.id = azure.id(group, TYPE + name);
    this.instance = instance;
  }

  public ResourceManager azure() {
    return azure;
  }

  /** The vault's resource id. */
  public String id() {
    return id;
  }

  private String instanceId() {
    return id + "/backupInstances/" + instance;
  }

  /** What is protected, and how well; empty when the vault has no such instance. */
  public Optional<JsonNode> instance() throws ActionFailure, InterruptedException {
    return azure.find("look for the backup instance " + instance, instanceId(), VERSION);
  }

  /** All its recovery points, in no order. */
  public List<JsonNode> points() throws ActionFailure, InterruptedException {
    return azure.list(
        "list the recovery points of " + instance, instanceId() + "/recoveryPoints", VERSION);
  }

  /**
   * Begins to find out whether a restore could be begun; it changes nothing.
   *
   * @return the address of the operation, if Azure gave one
   */
  public Optional<String> beginValidation(ObjectNode order)
      throws ActionFailure, InterruptedException {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.set("restoreRequestObject", order);
    return post("see whether " + instance + " can be restored", "validateRestore", body);
  }

  /** Begins a restore. Its end is told by a job, whose id the operation gives. */
  public Optional<String> beginRestore(ObjectNode order)
      throws ActionFailure, InterruptedException {
    return post("restore " + instance, "restore", order);
  }

  private Optional<String> post(String doing, String action, ObjectNode body)
      throws ActionFailure, InterruptedException {
    return azure
        .order(doing, HttpMethod.POST, instanceId() + "/" + action, VERSION, body, Optional.empty())
        .operation();
  }

  /** All jobs of the vault, in no order; a list may tell less of a job than {@link #job}. */
  public List<JsonNode> jobs() throws ActionFailure, InterruptedException {
    return azure.list("list the jobs of the vault", id + "/backupJobs", VERSION);
  }

  /**
   * A job; empty when the vault has none of the id.
   *
   * @param job its name, or its whole resource id
   */
  public Optional<JsonNode> job(String job) throws ActionFailure, InterruptedException {
    String name = job.substring(job.lastIndexOf('/') + 1);
    return azure.find("ask how far the job " + name + " is", id + "/backupJobs/" + name, VERSION);
  }
}
