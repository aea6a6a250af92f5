package io.arbitex.recovery.configuration;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The managed cluster that the platform's workloads run in, and what its recovery needs (runbook,
 * section 2). How it is reached stands in the platform's {@code kubernetes}.
 *
 * @param name its name in Azure and in records, until {@code recovery.bindings} says otherwise
 * @param resourceGroup it is in
 * @param nodes that must be ready, from 1; fewer are a degraded cluster
 * @param slow an API that takes longer to answer is a degraded cluster
 * @param like what a new one is like where Azure does not know the lost one any more
 * @param backup what its backup needs; empty without one
 * @param helm the release that is the platform; empty where it is not installed by Helm
 * @param secrets that are written anew from a key vault: a backup has old ones or none
 * @param address by which customers find it; empty where a cutover has nothing to change there
 */
public record Cluster(
    String name,
    String resourceGroup,
    int nodes,
    Duration slow,
    NodePool like,
    Optional<Backup> backup,
    Optional<HelmRelease> helm,
    List<VaultSecret> secrets,
    Optional<Address> address) {
  /** Restores a backup of the cluster's objects into another cluster. */
  public static final String BACKUP = "aks.backup";

  /** Makes another cluster and installs the platform's Helm release there. */
  public static final String REBUILD = "aks.rebuild";

  /** Puts another cluster into the place of the lost one. */
  public static final String CUTOVER = "cutover.cluster";

  private static final int MOST_NODES = 5_000;

  /**
   * Machines of a new cluster; there are {@link Cluster#nodes} of them.
   *
   * @param vmSize in Azure's words, {@code Standard_D4s_v5}
   */
  public record NodePool(String location, String vmSize) {}

  /**
   * A backup instance of Azure Backup.
   *
   * @param vault its name
   * @param resourceGroup of the vault
   * @param instance name of what is protected in it
   * @param standby a cluster that is there for this, in the same resource group; empty: one is made
   * @param storageAccount where the backup extension of the target keeps what it works with
   * @param container in the storage account
   * @param storageGroup resource group of the storage account
   */
  public record Backup(
      String vault,
      String resourceGroup,
      String instance,
      Optional<String> standby,
      String storageAccount,
      String container,
      String storageGroup) {}

  /**
   * The platform as a Helm release in the platform's namespace (runbook, section 2c).
   *
   * @param release its name
   * @param chart a folder or a packaged chart where the executors run: a chart's registry may be
   *     away together with the cluster
   * @param values files of values, a later one above an earlier one; without secrets
   * @param emptyClaims claims whose data no step brings back and that may begin empty
   */
  public record HelmRelease(
      String release, Path chart, List<Path> values, List<String> emptyClaims) {}

  /**
   * A Secret of the platform's namespace.
   *
   * @param keys where its values stand, by key of the Secret
   */
  public record VaultSecret(String name, Map<String, KeyVault> keys) {}

  /**
   * The way of customers to a cluster.
   *
   * @param namespace of the Service
   * @param service of type LoadBalancer, which has the address; often the ingress controller's
   * @param dns the A record that names the address
   */
  public record Address(String namespace, String service, DnsRecord dns) {}

  static Cluster of(Section section, List<String> procedures) {
    Cluster read =
        new Cluster(
            section.name("name"),
            section.text("resourceGroup"),
            section.integer("nodes", 1, MOST_NODES),
            section.duration("slow", Duration.ofSeconds(5)),
            like(section.requiredSection("like")),
            section.has("backup")
                ? Optional.of(backup(section.section("backup")))
                : Optional.empty(),
            section.has("helm") ? Optional.of(helm(section.section("helm"))) : Optional.empty(),
            section.sections("secrets").stream().map(Cluster::secret).toList(),
            section.has("address")
                ? Optional.of(address(section.section("address")))
                : Optional.empty());
    if (procedures.contains(BACKUP) && read.backup().isEmpty()) {
      section.problem("backup", "is needed for " + BACKUP);
    }
    if (procedures.contains(REBUILD) && read.helm().isEmpty()) {
      section.problem("helm", "is needed for " + REBUILD);
    }
    section.passOver("backup");
    section.passOver("helm");
    section.passOver("address");
    section.close();
    return read;
  }

  private static Address address(Section section) {
    String service = section.text("service");
    String[] parts = service.split("/", -1);
    if (!service.isEmpty() && (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty())) {
      section.problem("service", "'" + service + "' is no NAMESPACE/NAME");
    }
    Address read =
        new Address(
            parts[0],
            parts.length > 1 ? parts[1] : "",
            DnsRecord.of(section.requiredSection("dns"), List.of()));
    section.close();
    return read;
  }

  private static NodePool like(Section section) {
    NodePool read = new NodePool(section.text("location"), section.text("vmSize"));
    section.close();
    return read;
  }

  private static Backup backup(Section section) {
    Backup read =
        new Backup(
            section.text("vault"),
            section.text("resourceGroup"),
            section.text("instance"),
            section.optionalText("standby"),
            section.text("storageAccount"),
            section.text("container"),
            section.text("storageGroup"));
    section.close();
    return read;
  }

  private static HelmRelease helm(Section section) {
    HelmRelease read =
        new HelmRelease(
            section.name("release"),
            section.path("chart"),
            section.has("values") ? section.paths("values") : List.of(),
            section.texts("emptyClaims"));
    section.close();
    return read;
  }

  private static VaultSecret secret(Section section) {
    String name = section.name("name");
    URI url = KeyVault.url(section);
    Section keys = section.requiredSection("keys");
    Map<String, KeyVault> read = new TreeMap<>();
    for (String key : keys.names()) {
      read.put(key, KeyVault.of(keys, key, url));
    }
    if (section.has("keys") && read.isEmpty()) {
      section.problem("keys", "needs at least one entry");
    }
    keys.close();
    section.close();
    return new VaultSecret(name, Map.copyOf(read));
  }

  /**
   * A recovery of the cluster writes the database's URL from the vault, so a cutover of the
   * database must have kept it up to date there: else the platform would go back to the server that
   * was given up.
   *
   * @param section of the platform
   */
  void checkOrigin(Section section, Inventory.Component database) {
    Optional<Inventory.Postgresql> found = database.postgresql();
    if (found.isEmpty()
        || !(found.get().connectionSecret() instanceof ConnectionSecret.InCluster url)) {
      return;
    }
    for (VaultSecret each : secrets) {
      KeyVault from = each.keys().get(url.key());
      // What cannot be read has been told of already.
      boolean readable =
          from != null
              && from.isWhole()
              && found.get().keyVault().map(KeyVault::isWhole).orElse(true);
      if (each.name().equals(url.secret())
          && readable
          && !found.get().keyVault().equals(Optional.of(from))) {
        section.problem(
            "components",
            "'%s' needs keyVault: {url: %s, secret: %s}, since a recovery of the cluster writes its %s from there"
                .formatted(database.name(), from.url(), from.secret(), url));
      }
    }
  }

  /** What of it needs other parts of the platform. */
  void check(Section component, boolean reachable, Optional<Azure> azure) {
    if (!reachable) {
      component.problem("kind", "an aks needs the platform's 'kubernetes'");
    }
    if (azure.isEmpty()) {
      component.problem("kind", "an aks needs the platform's 'azure'");
      return;
    }
    Section section = component.section("cluster");
    List<Section> entries = section.sections("secrets");
    for (int i = 0; i < secrets.size(); i++) {
      Optional<KeyVault> any = secrets.get(i).keys().values().stream().findFirst();
      if (any.filter(KeyVault::isReadable).isPresent()) {
        any.get().check(entries.get(i), azure.get());
      }
    }
  }
}
