package io.arbitex.recovery.lab.world;

import com.azure.core.exception.HttpResponseException;
import com.azure.resourcemanager.postgresqlflexibleserver.PostgreSqlManager;
import com.azure.resourcemanager.postgresqlflexibleserver.models.Server;
import com.azure.resourcemanager.postgresqlflexibleserver.models.ServerVersion;
import io.arbitex.recovery.lab.azure.AzureControl;
import io.arbitex.recovery.lab.azure.LabAzure;
import io.arbitex.recovery.lab.azure.postgresql.Programs;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;

/**
 * The lab's Azure as a process of its own, and the platform's database server in it, ordered by
 * Azure's own client library as anybody would.
 */
final class LabAzureCloud {
  static final String NAME = "azure";
  static final String SUBSCRIPTION = "00000000-0000-0000-0000-000000000001";
  static final String TENANT = "lab";
  static final String GROUP = "arbitex-prod-rg";

  /** Resource group of the cluster's disks. */
  static final String NODES = "arbitex-aks-nodes-rg";

  /** Resource group of their snapshots: it would not go with the cluster. */
  static final String SNAPSHOTS = "arbitex-snapshots-rg";

  static final String LOCATION = "westeurope";

  /** The platform's database server. */
  static final String SERVER = "arbitex-db";

  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final LabFolder folder;
  private final LabProcesses processes;
  private final LabPlan.AzurePorts ports;

  LabAzureCloud(LabFolder folder, LabProcesses processes, LabPlan.AzurePorts ports) {
    this.folder = folder;
    this.processes = processes;
    this.ports = ports;
  }

  static URI endpoint(LabPlan.AzurePorts ports) {
    return URI.create("http://127.0.0.1:" + ports.api());
  }

  static URI control(LabPlan.AzurePorts ports) {
    return URI.create("http://127.0.0.1:" + ports.control());
  }

  /**
   * Starts it; returns when it answers.
   *
   * @param more arguments beside the usual ones
   */
  void start(Path tools, List<String> more) throws IOException, InterruptedException {
    processes.start(
        NAME,
        processes.java(
            NAME,
            128,
            LabAzure.class.getName(),
            Stream.concat(
                    Stream.of(
                        "--port=" + ports.api(),
                        "--control-port=" + ports.control(),
                        "--state-folder=" + folder.azure(),
                        "--postgresql=" + tools,
                        "--subscription=" + SUBSCRIPTION,
                        "--resource-group=" + GROUP,
                        "--resource-group=" + NODES,
                        "--resource-group=" + SNAPSHOTS,
                        "--disks-folder=" + folder.disks(),
                        "--found-disks-group=" + NODES,
                        "--server-port=" + ports.server()),
                    more.stream())
                .toList()),
        0);
    PostgreSqlManager azure = new LabAzureClient(endpoint(ports)).postgresql();
    Waiting.until(
        "Azure's start",
        LIMIT,
        () -> azure.servers().listByResourceGroup(GROUP).stream().findAny().isEmpty(),
        () -> processes.tail(NAME));
  }

  /** Makes the server; returns where it listens. */
  String makeServer(String password, Path tools) throws IOException, InterruptedException {
    PostgreSqlManager azure = new LabAzureClient(endpoint(ports)).postgresql();
    try {
      Server made =
          azure
              .servers()
              .define(SERVER)
              .withRegion(LOCATION)
              .withExistingResourceGroup(GROUP)
              .withAdministratorLogin(PlatformDatabase.ADMIN)
              .withAdministratorLoginPassword(password)
              .withVersion(ServerVersion.fromString(version(tools)))
              .create();
      azure
          .firewallRules()
          .define("this-machine")
          .withExistingFlexibleServer(GROUP, SERVER)
          .withStartIpAddress("127.0.0.1")
          .withEndIpAddress("127.255.255.254")
          .create();
      return made.fullyQualifiedDomainName();
    } catch (HttpResponseException e) {
      throw new LabFailure("Azure's server cannot be made: " + e.getMessage(), e);
    }
  }

  /** Waits for a backup of what is in the server now, so that it can be restored to any moment. */
  void takeBackup() throws IOException, InterruptedException {
    new AzureControl(control(ports)).backup(SERVER);
  }

  private static String version(Path tools) throws InterruptedException, IOException {
    return Programs.version(tools);
  }
}
