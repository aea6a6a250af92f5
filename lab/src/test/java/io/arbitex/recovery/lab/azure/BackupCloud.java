package io.arbitex.recovery.lab.azure;

import static io.arbitex.recovery.lab.azure.TestAzure.until;
import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.azure.resourcemanager.containerservice.fluent.ContainerServiceManagementClient;
import com.azure.resourcemanager.containerservice.fluent.ManagedClustersClient;
import com.azure.resourcemanager.containerservice.fluent.models.ManagedClusterInner;
import com.azure.resourcemanager.containerservice.fluent.models.TrustedAccessRoleBindingInner;
import com.azure.resourcemanager.containerservice.models.AgentPoolMode;
import com.azure.resourcemanager.containerservice.models.ManagedClusterAgentPoolProfile;
import com.azure.resourcemanager.containerservice.models.TagsObject;
import com.azure.resourcemanager.dns.fluent.RecordSetsClient;
import com.azure.resourcemanager.dns.fluent.models.RecordSetInner;
import com.azure.resourcemanager.dns.models.ARecord;
import com.azure.resourcemanager.dns.models.RecordType;
import com.azure.security.keyvault.secrets.SecretClient;
import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.azure.clusters.OrderedClusters;
import io.arbitex.recovery.lab.azure.dns.Zone;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.kubernetes.KubernetesControl;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The lab's Azure with a cluster that is in use and protected by a vault, aks-prod, one that stands
 * by with nothing in it, aks-standby, a key vault, and the zone by which customers find the
 * platform.
 */
public final class BackupCloud implements AutoCloseable {
  public static final String GROUP = EmptyAzure.GROUP;
  public static final String SOURCE = "aks-prod";
  public static final String STANDBY = "aks-standby";

  private static final String KEY_VAULT = "kv-prod";
  private static final String ZONE = "arbitex.example";
  private static final String RECORD = "api";
  private static final String IMAGES =
      """
      images:
        shell:
          command: [/bin/sleep, "600"]
      """;

  private final Path folder;
  private final EmptyAzure azure;
  private final ContainerServiceManagementClient service;
  private final ProtectionClient protection;
  private final RecordSetsClient records;
  private final Map<String, String> given = new HashMap<>();

  /**
   * @param objects what the cluster in use has, in YAML; its namespace is arbitex
   */
  public BackupCloud(String objects) throws Exception {
    folder = TestAzure.folder();
    Path images = Files.writeString(folder.resolve("images.yaml"), IMAGES);
    azure =
        new EmptyAzure(
            new Inventory(
                Map.of(KEY_VAULT, 0),
                List.of(new Zone(false, GROUP, ZONE)),
                folder.resolve("disks"),
                null,
                List.of(),
                images));
    records = AzureClients.dns(azure.address()).serviceClient().getRecordSets();
    service = AzureClients.containerService(azure.address()).serviceClient();
    protection = new ProtectionClient(azure.address());
    try {
      var source = clusters().beginCreateOrUpdate(GROUP, SOURCE, cluster());
      clusters().createOrUpdate(GROUP, STANDBY, cluster());
      source.waitForCompletion();
      try (KubernetesClient client = client(SOURCE)) {
        client.load(new ByteArrayInputStream(objects.getBytes(StandardCharsets.UTF_8))).create();
      }
      protection.makeVault();
      protection.install(SOURCE);
      letVaultIn(SOURCE, "own");
      protection.protect();
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  private static ManagedClusterInner cluster() {
    return new ManagedClusterInner()
        .withLocation("westeurope")
        .withDnsPrefix("aks")
        .withKubernetesVersion("1.33")
        .withTags(Map.of("team", "platform"))
        .withAgentPoolProfiles(
            List.of(
                new ManagedClusterAgentPoolProfile()
                    .withName("sys")
                    .withVmSize("Standard_D4s_v5")
                    .withMode(AgentPoolMode.SYSTEM)
                    .withCount(1)));
  }

  private ManagedClustersClient clusters() {
    return service.getManagedClusters();
  }

  public AzureControl control() {
    return azure.control();
  }

  /** The inventory's {@code azure}, in one line. */
  public String platform() {
    return "{endpoint: \"%s\", subscription: %s, tenant: tenant, resourceGroup: %s, credential: none}"
        .formatted(azure.address(), AzureClients.SUBSCRIPTION, GROUP);
  }

  /** The inventory's {@code backup}, in one line, without a standby. */
  public String backup() {
    return "vault: bv-prod, resourceGroup: %s, instance: aks-prod-arbitex, storageAccount: backups, container: aks, storageGroup: rg-dr"
        .formatted(GROUP);
  }

  /** Backs the cluster in use up; returns the recovery point. */
  public String backUp() throws Exception {
    return protection.backUp();
  }

  public URI keyVault() throws Exception {
    return control().vault(KEY_VAULT);
  }

  public void putSecret(String name, String value) throws Exception {
    SecretClient secrets = AzureClients.secrets(keyVault());
    secrets.setSecret(name, value);
  }

  /** The inventory's {@code dns} of an address, in one line. */
  public String dns() {
    return "{zone: %s, resourceGroup: %s, record: %s, ttl: 5s}".formatted(ZONE, GROUP, RECORD);
  }

  /** Lets the record that customers find name addresses, whoever changed it before. */
  public void setRecord(String... addresses) {
    records.createOrUpdate(
        GROUP,
        ZONE,
        RECORD,
        RecordType.A,
        new RecordSetInner()
            .withTtl(300L)
            .withARecords(
                Stream.of(addresses).map(each -> new ARecord().withIpv4Address(each)).toList()));
  }

  public List<String> named() {
    return record().aRecords().stream().map(ARecord::ipv4Address).toList();
  }

  public Map<String, String> notes() {
    return record().metadata();
  }

  private RecordSetInner record() {
    return records.get(GROUP, ZONE, RECORD, RecordType.A);
  }

  public String kubeconfig(String cluster) {
    return new String(
        clusters().listClusterUserCredentials(GROUP, cluster).kubeconfigs().get(0).value(),
        StandardCharsets.UTF_8);
  }

  /**
   * One of the same cluster that leads to a port where nobody listens. A cluster that is stopped
   * has the one that was given out before.
   */
  public String deadKubeconfig(String cluster) throws IOException {
    return given
        .computeIfAbsent(cluster, this::kubeconfig)
        .replaceFirst("127\\.0\\.0\\.1:\\d+", "127.0.0.1:" + TestAzure.freePort());
  }

  public KubernetesClient client(String cluster) {
    return new KubernetesClientBuilder()
        .withConfig(Config.fromKubeconfig(kubeconfig(cluster)))
        .build();
  }

  public Map<String, String> tags(String cluster) {
    return clusters().getByResourceGroup(GROUP, cluster).tags();
  }

  public void setTags(String cluster, Map<String, String> tags) {
    clusters().updateTags(GROUP, cluster, new TagsObject().withTags(tags));
  }

  /** {@code Running} or {@code Stopped}. */
  public String power(String cluster) {
    return clusters().getByResourceGroup(GROUP, cluster).powerState().code().toString();
  }

  public void stop(String cluster) {
    clusters().stop(GROUP, cluster);
  }

  public void start(String cluster) {
    clusters().start(GROUP, cluster);
  }

  public void letVaultIn(String cluster, String name) {
    service
        .getTrustedAccessRoleBindings()
        .createOrUpdate(
            GROUP,
            cluster,
            name,
            new TrustedAccessRoleBindingInner()
                .withSourceResourceId(ProtectionClient.VAULT_PATH)
                .withRoles(List.of("Microsoft.DataProtection/backupVaults/backup-operator")));
  }

  /** Names of those that let anybody in. */
  public List<String> trusted(String cluster) {
    return service.getTrustedAccessRoleBindings().list(GROUP, cluster).stream()
        .map(each -> each.name())
        .toList();
  }

  public JsonNode extensionSettings(String cluster) throws IOException {
    return protection.extensionOf(cluster).at("/properties/configurationSettings");
  }

  /** Beside the two that were there from the start. */
  public List<String> made() {
    return clusters().listByResourceGroup(GROUP).stream()
        .map(ManagedClusterInner::name)
        .filter(name -> !name.equals(SOURCE) && !name.equals(STANDBY))
        .toList();
  }

  public void make(String cluster) {
    clusters().createOrUpdate(GROUP, cluster, cluster());
  }

  /** Lets a cluster's API fail once when such an object is to be made. */
  public boolean refuseOnce(String cluster, String resource)
      throws IOException, InterruptedException {
    for (OrderedClusters.Ordered each : OrderedClusters.in(azure.folder())) {
      if (each.name().equals(cluster)) {
        new KubernetesControl(URI.create("http://127.0.0.1:" + each.controlPort()))
            .add(new Misbehaviour("create", resource, ".*", Misbehaviour.How.ERROR, 1, 0, 1, 0));
        return true;
      }
    }
    return false;
  }

  public void delete(String cluster) {
    clusters().delete(GROUP, cluster);
  }

  /** Processes of the pods of a cluster. */
  public List<ProcessHandle> pods(String cluster) {
    Path state = azure.folder().resolve("cluster-folders").resolve(cluster);
    return ProcessHandle.allProcesses()
        .filter(each -> commandLine(each).contains("--state-folder=" + state))
        .flatMap(ProcessHandle::descendants)
        .filter(each -> commandLine(each).contains("sleep"))
        .toList();
  }

  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc/" + process.pid() + "/cmdline"), ISO_8859_1);
    } catch (IOException e) {
      // It has ended meanwhile.
      return "";
    }
  }

  /** How many restores into a cluster the vault has jobs of. */
  public long restores(String cluster) throws IOException {
    long count = 0;
    for (JsonNode each :
        protection.get(ProtectionClient.VAULT_PATH + "/backupJobs").path("value")) {
      String target = each.at("/properties/extendedInfo/recoveryDestination").asText();
      if (target.endsWith("/" + cluster)) {
        count++;
      }
    }
    return count;
  }

  /** How often something was begun, by anybody. */
  public long ordered(Operation.Kind kind) throws IOException {
    try (Stream<Path> files = Files.list(azure.folder().resolve("operations"))) {
      return files.filter(file -> read(file).contains("\"" + kind + "\"")).count();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until the pods of a cluster run. */
  public void awaitPods(String cluster, int count) throws InterruptedException {
    until("its pods run", () -> pods(cluster).size() == count);
  }

  @Override
  public void close() throws IOException {
    azure.close();
    TestAzure.delete(folder);
  }
}
