package io.arbitex.recovery.lab.azure;

import static io.arbitex.recovery.lab.azure.TestAzure.until;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.rest.Response;
import com.azure.core.http.rest.SimpleResponse;
import com.azure.core.management.exception.ManagementException;
import com.azure.core.management.polling.PollResult;
import com.azure.core.management.polling.SyncPollerFactory;
import com.azure.core.management.serializer.SerializerFactory;
import com.azure.core.util.BinaryData;
import com.azure.core.util.Context;
import com.azure.core.util.polling.SyncPoller;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Data Protection and extensions by the pipeline and the poller of Azure's client library. Its own
 * artifacts for them do not resolve where this is built, so paths and bodies are those of the
 * published specification.
 */
final class ProtectionClient {
  static final String VAULT_PATH = group() + "/Microsoft.DataProtection/backupVaults/bv-prod";
  static final String INSTANCE_PATH = VAULT_PATH + "/backupInstances/aks-prod-arbitex";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PROTECTION_VERSION = "?api-version=2025-07-01";
  private static final String EXTENSION_VERSION = "?api-version=2024-11-01";

  private final HttpPipeline pipeline = AzureClients.pipeline();
  private final URI address;

  ProtectionClient(URI address) {
    this.address = address;
  }

  private static String group() {
    return "/subscriptions/"
        + AzureClients.SUBSCRIPTION
        + "/resourceGroups/"
        + EmptyAzure.GROUP
        + "/providers";
  }

  static String cluster(String name) {
    return group() + "/Microsoft.ContainerService/managedClusters/" + name;
  }

  private Response<BinaryData> send(HttpMethod method, String url, JsonNode body) {
    HttpRequest request =
        new HttpRequest(method, url).setHeader(HttpHeaderName.ACCEPT, "application/json");
    if (body != null) {
      request.setHeader(HttpHeaderName.CONTENT_TYPE, "application/json").setBody(body.toString());
    }
    HttpResponse response = pipeline.sendSync(request, Context.NONE);
    BinaryData answer = response.getBodyAsBinaryData();
    if (response.getStatusCode() >= 400) {
      throw new ManagementException(response.getStatusCode() + " " + answer, response);
    }
    return new SimpleResponse<>(
        request,
        response.getStatusCode(),
        response.getHeaders(),
        answer == null ? BinaryData.fromString("") : answer);
  }

  JsonNode get(String path) throws IOException {
    String url = address + path + PROTECTION_VERSION;
    return JSON.readTree(send(HttpMethod.GET, url, null).getValue().toString());
  }

  void put(String path, JsonNode body) throws Exception {
    follow(send(HttpMethod.PUT, address + path + PROTECTION_VERSION, body));
  }

  /** Begins something, and follows it to its end; returns its last status. */
  JsonNode post(String action, JsonNode body) throws Exception {
    return follow(
        send(HttpMethod.POST, address + INSTANCE_PATH + "/" + action + PROTECTION_VERSION, body));
  }

  /** The same as the library's own poller does it. */
  SyncPoller<PollResult<Object>, Object> begin(String action, JsonNode body) {
    return SyncPollerFactory.create(
        SerializerFactory.createDefaultManagementSerializerAdapter(),
        pipeline,
        Object.class,
        Object.class,
        Duration.ofSeconds(1),
        () ->
            send(
                HttpMethod.POST,
                address + INSTANCE_PATH + "/" + action + PROTECTION_VERSION,
                body));
  }

  /** Installs the extension; returns the last status. */
  JsonNode install(String cluster) throws Exception {
    ObjectNode body = JSON.createObjectNode();
    body.putObject("properties")
        .put("extensionType", "Microsoft.DataProtection.Kubernetes")
        .put("releaseTrain", "stable");
    return follow(send(HttpMethod.PUT, address + extension(cluster), body));
  }

  JsonNode extensionOf(String cluster) throws IOException {
    return JSON.readTree(
        send(HttpMethod.GET, address + extension(cluster), null).getValue().toString());
  }

  void uninstall(String cluster) {
    send(HttpMethod.DELETE, address + extension(cluster), null);
  }

  private static String extension(String cluster) {
    return cluster(cluster)
        + "/providers/Microsoft.KubernetesConfiguration/extensions/azure-aks-backup"
        + EXTENSION_VERSION;
  }

  /** Looks faster than the client library does, which keeps to Retry-After. */
  private JsonNode follow(Response<BinaryData> answer) throws Exception {
    String url = answer.getHeaders().getValue(HttpHeaderName.AZURE_ASYNCOPERATION);
    if (url == null) {
      return JSON.createObjectNode();
    }
    JsonNode[] last = new JsonNode[1];
    until(
        "it ends",
        () -> {
          last[0] = JSON.readTree(send(HttpMethod.GET, url, null).getValue().toString());
          return !last[0].path("status").asText().equalsIgnoreCase("InProgress");
        });
    return last[0];
  }

  JsonNode job(String id) throws IOException {
    return get(id).path("properties");
  }

  /** Waits for a job's end. */
  JsonNode ended(JsonNode operation) throws Exception {
    String id = operation.at("/properties/jobId").asText();
    until(id + " ends", () -> !job(id).path("status").asText().equals("InProgress"));
    return job(id);
  }

  List<String> points() throws IOException {
    return get(INSTANCE_PATH + "/recoveryPoints").path("value").findValuesAsText("name");
  }

  void makeVault() throws Exception {
    ObjectNode vault = JSON.createObjectNode().put("location", "westeurope");
    vault.putObject("properties").putArray("storageSettings");
    put(VAULT_PATH, vault);
  }

  /** Protects namespace arbitex of the cluster aks-prod. */
  void protect() throws Exception {
    ObjectNode properties = JSON.createObjectNode().put("objectType", "BackupInstance");
    properties.set("dataSourceInfo", source("aks-prod"));
    ObjectNode parameters = properties.putObject("policyInfo").putObject("policyParameters");
    ObjectNode what =
        parameters
            .putArray("backupDatasourceParametersList")
            .addObject()
            .put("objectType", "KubernetesClusterBackupDatasourceParameters")
            .put("snapshotVolumes", true)
            .put("includeClusterScopeResources", true);
    what.putArray("includedNamespaces").add("arbitex");
    parameters
        .putArray("dataStoreParametersList")
        .addObject()
        .put("objectType", "AzureOperationalStoreParameters")
        .put("dataStoreType", "OperationalStore")
        .put(
            "resourceGroupId",
            "/subscriptions/" + AzureClients.SUBSCRIPTION + "/resourceGroups/rg-dr");
    ObjectNode instance = JSON.createObjectNode();
    instance.set("properties", properties);
    put(INSTANCE_PATH, instance);
  }

  /** Backs up now; returns the recovery point. */
  String backUp() throws Exception {
    ObjectNode body = JSON.createObjectNode();
    body.putObject("backupRuleOptions").put("ruleName", "BackupDaily");
    JsonNode job = ended(post("backup", body));
    if (!job.path("status").asText().startsWith("Completed")) {
      throw new IOException("no backup: " + job);
    }
    return points().get(0);
  }

  private static ObjectNode source(String cluster) {
    return JSON.createObjectNode()
        .put("objectType", "Datasource")
        .put("datasourceType", "Microsoft.ContainerService/managedClusters")
        .put("resourceID", cluster(cluster))
        .put("resourceName", cluster)
        .put("resourceLocation", "westeurope")
        .put("resourceType", "Microsoft.ContainerService/managedClusters")
        .put("resourceUri", cluster(cluster));
  }

  /**
   * A request to restore.
   *
   * @param namespaces what each is called in the target
   * @param criteria beside that
   */
  static ObjectNode order(
      String point, String target, Map<String, String> namespaces, Map<String, Object> criteria) {
    ObjectNode order =
        JSON.createObjectNode()
            .put("objectType", "AzureBackupRecoveryPointBasedRestoreRequest")
            .put("sourceDataStoreType", "OperationalStore")
            .put("sourceResourceId", cluster("aks-prod"))
            .put("recoveryPointId", point);
    ObjectNode info =
        order
            .putObject("restoreTargetInfo")
            .put("objectType", "ItemLevelRestoreTargetInfo")
            .put("recoveryOption", "FailIfExists")
            .put("restoreLocation", "westeurope");
    info.set("datasourceInfo", source(target));
    ArrayNode list = info.putArray("restoreCriteria");
    ObjectNode all =
        list.addObject()
            .put("objectType", "KubernetesClusterRestoreCriteria")
            .put("includeClusterScopeResources", true)
            .put("persistentVolumeRestoreMode", "RestoreWithVolumeData")
            .put("conflictPolicy", "Skip");
    all.putArray("includedNamespaces").add("arbitex");
    namespaces.forEach(all.putObject("namespaceMappings")::put);
    criteria.forEach((name, value) -> all.set(name, JSON.valueToTree(value)));
    return order;
  }

  /** Asks whether a restore could be begun; returns the code of the refusal, or Succeeded. */
  String validate(ObjectNode order) throws Exception {
    ObjectNode body = JSON.createObjectNode();
    body.set("restoreRequestObject", order);
    JsonNode status = post("validateRestore", body);
    return status.path("status").asText().equals("Succeeded")
        ? "Succeeded"
        : status.at("/error/code").asText();
  }
}
