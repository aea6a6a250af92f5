package io.arbitex.recovery.lab.azure;

import com.azure.core.management.polling.PollResult;
import com.azure.core.util.polling.SyncPoller;
import com.azure.resourcemanager.postgresqlflexibleserver.PostgreSqlManager;
import com.azure.resourcemanager.postgresqlflexibleserver.fluent.models.FirewallRuleInner;
import com.azure.resourcemanager.postgresqlflexibleserver.fluent.models.ServerInner;
import com.azure.resourcemanager.postgresqlflexibleserver.models.CreateMode;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.postgresql.Programs;
import io.arbitex.recovery.lab.azure.servers.Settings;
import io.arbitex.recovery.lab.world.PostgresTools;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Stream;

/** The lab's Azure in this process, with one server that is in use. */
public final class TestAzure implements AutoCloseable {
  public static final String GROUP = "rg-prod";
  public static final String ADMINISTRATOR = "arbitex";
  public static final String PASSWORD = "a-long-Password-1";
  public static final String SOURCE = "pg-prod";

  private static final Duration LIMIT = Duration.ofSeconds(40);
  private static final long LOOK_MILLIS = 20;

  private final Path folder;
  private final Cloud cloud;
  private final ControlServer control;
  private final PostgreSqlManager manager;
  private final int port;

  public TestAzure() throws Exception {
    folder = folder();
    port = freePort();
    Path tools = PostgresTools.find();
    Settings settings =
        new Settings(
            AzureClients.SUBSCRIPTION,
            Set.of(GROUP, "rg-dr"),
            folder,
            tools,
            Programs.version(tools),
            port,
            5,
            Duration.ofSeconds(1));
    cloud =
        new Cloud(0, false, 1, Duration.ofHours(1), settings, Inventory.NOTHING, Clock.systemUTC());
    control = new ControlServer(0, cloud, () -> {});
    cloud.start();
    control.start();
    manager = AzureClients.postgresql(address(), AzureClients.pipeline());
    source(manager);
  }

  /** A folder that the user of PostgreSQL can reach. */
  static Path folder() throws IOException {
    Path made = Files.createTempDirectory("lab-azure-");
    Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
    return made;
  }

  static void delete(Path folder) throws IOException {
    try (Stream<Path> all = Files.walk(folder)) {
      for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(each);
      }
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  /** Makes the server, opens it for this machine, and waits until it can be restored. */
  static void source(PostgreSqlManager manager) throws InterruptedException {
    manager
        .servers()
        .define(SOURCE)
        .withRegion("westeurope")
        .withExistingResourceGroup(GROUP)
        .withAdministratorLogin(ADMINISTRATOR)
        .withAdministratorLoginPassword(PASSWORD)
        .create();
    open(manager, SOURCE);
    until(
        "it has a backup",
        () ->
            manager.backups().listByServer(GROUP, SOURCE).stream().count() == 1
                && manager
                        .servers()
                        .getByResourceGroup(GROUP, SOURCE)
                        .backup()
                        .earliestRestoreDate()
                    != null);
  }

  /** A firewall rule for this machine. */
  static void open(PostgreSqlManager manager, String server) {
    manager
        .serviceClient()
        .getFirewallRules()
        .createOrUpdate(
            GROUP,
            server,
            "this-machine",
            new FirewallRuleInner().withStartIpAddress("127.0.0.1").withEndIpAddress("127.0.0.1"));
  }

  static ServerInner restore(OffsetDateTime moment) {
    return new ServerInner()
        .withLocation("westeurope")
        .withCreateMode(CreateMode.POINT_IN_TIME_RESTORE)
        .withSourceServerResourceId(id(SOURCE))
        .withPointInTimeUtc(moment);
  }

  static String id(String server) {
    return "/subscriptions/"
        + AzureClients.SUBSCRIPTION
        + "/resourceGroups/"
        + GROUP
        + "/providers/Microsoft.DBforPostgreSQL/flexibleServers/"
        + server;
  }

  SyncPoller<PollResult<ServerInner>, ServerInner> beginRestore(
      String name, OffsetDateTime moment) {
    return manager.serviceClient().getServers().beginCreate(GROUP, name, restore(moment));
  }

  public PostgreSqlManager manager() {
    return manager;
  }

  public URI address() {
    return cloud.address();
  }

  /** Where all servers listen, each at its own address. */
  public int port() {
    return port;
  }

  /** Operations of a kind that were ever ordered, by what is kept of them. */
  public long ordered(Operation.Kind kind) throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("operations"))) {
      return files
          .filter(
              file -> {
                try {
                  return Files.readString(file).contains("\"" + kind + "\"");
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              })
          .count();
    }
  }

  public AzureControl control() {
    return new AzureControl(URI.create("http://127.0.0.1:" + control.port()));
  }

  public List<String> serverNames() {
    return manager.servers().listByResourceGroup(GROUP).stream().map(it -> it.name()).toList();
  }

  /** Asks for it, and does not wait for its end. */
  public SyncPoller<PollResult<Void>, Void> beginDelete(String server) {
    return manager.serviceClient().getServers().beginDelete(GROUP, server);
  }

  /** The administrator's session, as a client would find its way. */
  public Connection connect(String server) throws SQLException {
    return connect(server, "");
  }

  /**
   * @param more properties of the driver, such as the address to come from
   */
  Connection connect(String server, String more) throws SQLException {
    return connect(address(server), port, more);
  }

  /** Where a server answers. */
  public String address(String server) {
    return manager.servers().getByResourceGroup(GROUP, server).fullyQualifiedDomainName();
  }

  static Connection connect(String host, int port, String more) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://"
            + host
            + ":"
            + port
            + "/postgres?sslmode=disable&connectTimeout=5&socketTimeout=20"
            + more,
        ADMINISTRATOR,
        PASSWORD);
  }

  public static void run(Connection connection, String... statements) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (String each : statements) {
        statement.execute(each);
      }
    }
  }

  public static String ask(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(query)) {
      row.next();
      return row.getString(1);
    }
  }

  /** The server's clock. */
  public static OffsetDateTime now(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT clock_timestamp()")) {
      row.next();
      return row.getObject(1, OffsetDateTime.class);
    }
  }

  /** Looks until it holds; an exception counts as "not yet". */
  public static void until(String what, Callable<Boolean> condition) throws InterruptedException {
    long end = System.nanoTime() + LIMIT.toNanos();
    Exception last = null;
    while (System.nanoTime() < end) {
      try {
        if (condition.call()) {
          return;
        }
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        last = e;
      }
      Thread.sleep(LOOK_MILLIS);
    }
    throw new AssertionError("not within " + LIMIT.toSeconds() + " s: " + what, last);
  }

  @Override
  public void close() throws IOException {
    control.close();
    cloud.close();
    delete(folder);
  }
}
