package io.arbitex.recovery.lab.azure;

import static java.util.Map.entry;

import io.arbitex.recovery.lab.azure.api.ArmServer;
import io.arbitex.recovery.lab.azure.api.ClusterRequests;
import io.arbitex.recovery.lab.azure.api.DiskRequests;
import io.arbitex.recovery.lab.azure.api.DnsRequests;
import io.arbitex.recovery.lab.azure.api.ExtensionRequests;
import io.arbitex.recovery.lab.azure.api.LongRunning;
import io.arbitex.recovery.lab.azure.api.Misbehaviours;
import io.arbitex.recovery.lab.azure.api.ProtectionRequests;
import io.arbitex.recovery.lab.azure.api.ServerRequests;
import io.arbitex.recovery.lab.azure.api.TrustedAccessRequests;
import io.arbitex.recovery.lab.azure.api.VaultServers;
import io.arbitex.recovery.lab.azure.clusters.Clusters;
import io.arbitex.recovery.lab.azure.clusters.DeleteCluster;
import io.arbitex.recovery.lab.azure.clusters.InstallExtension;
import io.arbitex.recovery.lab.azure.clusters.MakeCluster;
import io.arbitex.recovery.lab.azure.clusters.Permits;
import io.arbitex.recovery.lab.azure.clusters.StartCluster;
import io.arbitex.recovery.lab.azure.clusters.StopCluster;
import io.arbitex.recovery.lab.azure.disks.DeleteVolume;
import io.arbitex.recovery.lab.azure.disks.Freeze;
import io.arbitex.recovery.lab.azure.disks.MakeVolume;
import io.arbitex.recovery.lab.azure.disks.Volumes;
import io.arbitex.recovery.lab.azure.dns.Zones;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Operations;
import io.arbitex.recovery.lab.azure.operations.Work;
import io.arbitex.recovery.lab.azure.protection.Protection;
import io.arbitex.recovery.lab.azure.protection.contents.PointFiles;
import io.arbitex.recovery.lab.azure.servers.BackupSchedule;
import io.arbitex.recovery.lab.azure.servers.ChangeFirewall;
import io.arbitex.recovery.lab.azure.servers.ConfigureServer;
import io.arbitex.recovery.lab.azure.servers.CreateServer;
import io.arbitex.recovery.lab.azure.servers.DeleteServer;
import io.arbitex.recovery.lab.azure.servers.ParameterCatalogue;
import io.arbitex.recovery.lab.azure.servers.Power;
import io.arbitex.recovery.lab.azure.servers.RestoreServer;
import io.arbitex.recovery.lab.azure.servers.Servers;
import io.arbitex.recovery.lab.azure.servers.Settings;
import io.arbitex.recovery.lab.azure.servers.UpdateServer;
import io.arbitex.recovery.lab.credentials.BearerToken;
import io.arbitex.recovery.lab.credentials.ServerCertificate;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All parts of the lab's Azure, put together. */
final class Cloud implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Cloud.class);

  private final Servers servers;
  private final Misbehaviours misbehaviours = new Misbehaviours();
  private final Operations operations;
  private final BackupSchedule backups;
  private final VaultServers vaults;
  private final Clusters clusters;
  private final Freeze freeze;
  private final Zones zones;
  private final Protection protection;
  private final ArmServer arm;

  /**
   * Makes a subscription, or takes up the one whose state is there.
   *
   * @param port 0 for any
   * @param secure HTTPS with a certificate of the lab's own, and a bearer token; else HTTP
   * @param retention after their end operations are forgotten
   * @param inventory what is there from the start
   */
  Cloud(
      int port,
      boolean secure,
      int retryAfterSeconds,
      Duration retention,
      Settings settings,
      Inventory inventory,
      Clock clock)
      throws IOException, InterruptedException {
    Path folder = settings.folder();
    this.servers = new Servers(settings);
    ParameterCatalogue catalogue = new ParameterCatalogue(folder.resolve("parameters"));
    CreateServer create = new CreateServer(servers, catalogue);
    Work power = new Power(servers);
    Path disks = inventory.disks() == null ? folder.resolve("disk-folders") : inventory.disks();
    Volumes volumes = new Volumes(folder, disks, inventory.foundDisksGroup());
    this.freeze = new Freeze(folder.resolve("stopped-writers.json"));
    this.clusters =
        new Clusters(folder, inventory.clusters(), inventory.imageFile(), disks.toAbsolutePath());
    Permits permits = new Permits(folder);
    MakeVolume making = new MakeVolume(volumes, freeze);
    this.protection =
        new Protection(
            folder.resolve("protection"),
            settings.subscription(),
            clusters,
            permits,
            volumes,
            making,
            misbehaviours,
            clock);
    Map<Operation.Kind, Work> works = new EnumMap<>(protection.works());
    works.putAll(
        Map.ofEntries(
            entry(Operation.Kind.CREATE, create),
            entry(Operation.Kind.RESTORE, new RestoreServer(servers)),
            entry(Operation.Kind.DELETE, new DeleteServer(servers)),
            entry(Operation.Kind.START, power),
            entry(Operation.Kind.STOP, power),
            entry(Operation.Kind.RESTART, power),
            entry(Operation.Kind.UPDATE, new UpdateServer(servers)),
            entry(Operation.Kind.CONFIGURE, new ConfigureServer(servers, catalogue)),
            entry(Operation.Kind.FIREWALL, new ChangeFirewall(servers)),
            entry(Operation.Kind.MAKE_VOLUME, making),
            entry(Operation.Kind.DELETE_VOLUME, new DeleteVolume(volumes)),
            entry(Operation.Kind.MAKE_CLUSTER, new MakeCluster(clusters)),
            entry(Operation.Kind.STOP_CLUSTER, new StopCluster(clusters)),
            entry(Operation.Kind.START_CLUSTER, new StartCluster(clusters)),
            entry(Operation.Kind.DELETE_CLUSTER, new DeleteCluster(clusters, permits)),
            entry(Operation.Kind.INSTALL_EXTENSION, new InstallExtension(clusters, permits))));
    this.operations =
        new Operations(folder.resolve("operations"), works, misbehaviours, retention, clock);
    this.backups = new BackupSchedule(servers, operations::isBusy);
    ServerCertificate certificate = secure ? ServerCertificate.in(folder, "lab-azure") : null;
    if (certificate != null) {
      Files.writeString(folder.resolve("certificate.pem"), certificate.pem());
    }
    SSLContext tls = certificate == null ? null : certificate.tls();
    String token = secure ? BearerToken.in(folder) : null;
    LongRunning longRunning =
        new LongRunning(operations, settings.subscription(), retryAfterSeconds);
    this.vaults =
        new VaultServers(
            folder.resolve("vaults"), inventory.vaults(), tls, token, misbehaviours, clock);
    this.zones = new Zones(folder.resolve("dns"), inventory.zones());
    this.arm =
        new ArmServer(
            port,
            tls,
            token,
            settings.subscription(),
            settings.resourceGroups(),
            longRunning,
            List.of(
                new ServerRequests(servers, catalogue, operations, create, longRunning, clock),
                new DnsRequests(zones, settings.subscription()),
                new DiskRequests(volumes, operations, longRunning, settings.subscription(), clock),
                // Before the clusters, whose paths theirs begin with.
                new TrustedAccessRequests(clusters, permits, settings.subscription()),
                new ClusterRequests(clusters, operations, longRunning, settings.subscription()),
                new ExtensionRequests(clusters, permits, operations, longRunning),
                new ProtectionRequests(
                    protection, operations, longRunning, settings.subscription(), clock)),
            misbehaviours);
  }

  /** Takes up what is there, and begins to answer. */
  void start() throws IOException, InterruptedException {
    freeze.thaw();
    clusters.adopt();
    servers.adopt(operations::isBusy);
    // Before the operations: what one of them begins now is not begun again.
    protection.resume();
    operations.resume();
    backups.start();
    vaults.start();
    arm.start();
  }

  URI address() {
    return arm.address();
  }

  /** Where each key vault is found, by name. */
  Map<String, URI> vaults() {
    return vaults.addresses();
  }

  Zones zones() {
    return zones;
  }

  Servers servers() {
    return servers;
  }

  BackupSchedule backups() {
    return backups;
  }

  /** What recovery points of clusters hold. */
  PointFiles recoveryPoints() {
    return protection.vaults().files();
  }

  Misbehaviours misbehaviours() {
    return misbehaviours;
  }

  /** Ends everything, the PostgreSQL servers and the clusters too; the state stays. */
  @Override
  public void close() {
    arm.close();
    vaults.close();
    backups.close();
    operations.close();
    protection.close();
    try {
      // Waits for the copy that is cut off: whoever is stopped for it goes on first.
      freeze.thaw();
    } catch (IOException e) {
      log.error("not all writers go on", e);
    }
    try {
      servers.stopAll();
      clusters.stopAll();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
