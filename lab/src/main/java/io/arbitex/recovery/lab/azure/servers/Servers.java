package io.arbitex.recovery.lab.azure.servers;

import io.arbitex.recovery.lab.azure.postgresql.BaseBackups;
import io.arbitex.recovery.lab.azure.postgresql.Leftovers;
import io.arbitex.recovery.lab.azure.postgresql.Postgres;
import io.arbitex.recovery.lab.azure.postgresql.Programs;
import io.arbitex.recovery.lab.azure.postgresql.ServerFolder;
import io.arbitex.recovery.lab.azure.postgresql.ServerSettings;
import io.arbitex.recovery.lab.azure.postgresql.WalArchive;
import io.arbitex.recovery.lab.azure.state.RecordFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The servers of the subscription, and the PostgreSQL of each. A name is taken in all resource
 * groups, as on Azure; upper and lower case are the same.
 */
public final class Servers {
  private static final Logger log = LoggerFactory.getLogger(Servers.class);

  private final Settings settings;
  private final Programs programs;
  private final RecordFiles<FlexibleServer> records;
  private final Addresses addresses;
  private final Path folder;

  public Servers(Settings settings) throws IOException {
    this.settings = settings;
    this.programs = new Programs(settings.tools());
    this.records = new RecordFiles<>(settings.folder().resolve("servers"), FlexibleServer.class);
    this.addresses = new Addresses(settings.folder(), settings.port());
    this.folder =
        Files.createDirectories(
            settings.folder().resolve("postgresql"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
  }

  public Settings settings() {
    return settings;
  }

  Programs programs() {
    return programs;
  }

  /** A name as operations have it. */
  public static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  public List<FlexibleServer> all() {
    return records.values();
  }

  public Optional<FlexibleServer> named(String name) {
    return records.find(key(name));
  }

  public Optional<FlexibleServer> find(String resourceGroup, String name) {
    return named(name).filter(each -> each.resourceGroup().equalsIgnoreCase(resourceGroup));
  }

  /** Remembers a server that is to be made. */
  public FlexibleServer reserve(String resourceGroup, String name, Shape shape) throws IOException {
    Set<String> taken = all().stream().map(FlexibleServer::address).collect(Collectors.toSet());
    FlexibleServer server = FlexibleServer.fresh(resourceGroup, name, shape, addresses.free(taken));
    records.put(key(name), server);
    return server;
  }

  /**
   * @throws IllegalStateException when there is no server of the name
   */
  public FlexibleServer change(String name, UnaryOperator<FlexibleServer> change) {
    return records
        .change(key(name), change)
        .orElseThrow(() -> new IllegalStateException("there is no server " + name));
  }

  /** A data directory that nothing has ever written into; older ones are gone. */
  FlexibleServer nextTry(String name) throws IOException, InterruptedException {
    FlexibleServer server = change(name, FlexibleServer::withNextData);
    Path root = folder(name).root();
    if (Files.isDirectory(root)) {
      List<Path> old;
      try (Stream<Path> each = Files.list(root)) {
        old = each.filter(it -> it.getFileName().toString().startsWith("data-")).toList();
      }
      for (Path data : old) {
        Leftovers.remove(data);
      }
    }
    return server;
  }

  /** Deletes a server with everything of it, archive and backups too. */
  void remove(String name) throws IOException, InterruptedException {
    Leftovers.remove(folder(name).root());
    records.remove(key(name));
  }

  ServerFolder folder(String name) {
    return new ServerFolder(folder.resolve(key(name)));
  }

  ServerSettings settingsOf(FlexibleServer server) {
    return new ServerSettings(
        server.address(), settings.port(), settings.archiveSeconds(), server.parameters());
  }

  public Postgres postgres(FlexibleServer server) {
    return new Postgres(programs, folder(server.name()), settingsOf(server), server.data());
  }

  public BaseBackups backups(FlexibleServer server) {
    return new BaseBackups(programs, folder(server.name()));
  }

  public WalArchive archive(FlexibleServer server) {
    return new WalArchive(folder(server.name()));
  }

  /**
   * Takes up what is there when the process starts: servers that live are left alone, those that
   * should live are started, and what a kill has left half is undone or put right.
   *
   * @param busy whether an operation will go on with the server of a name
   */
  public void adopt(Predicate<String> busy) throws IOException, InterruptedException {
    for (FlexibleServer server : all()) {
      Postgres postgres = postgres(server);
      boolean alive = postgres.postmaster().isPresent();
      if (busy.test(key(server.name()))) {
        log.info("{} is left to its operation", server.name());
      } else if (server.state() == ServerState.PROVISIONING) {
        log.warn("{} was reserved, but its making was never begun", server.name());
        remove(server.name());
      } else if (server.state() == ServerState.READY && !alive) {
        postgres.configure();
        postgres.start();
      } else if (server.state() != ServerState.READY && server.state() != ServerState.STOPPED) {
        change(
            server.name(), each -> each.withState(alive ? ServerState.READY : ServerState.STOPPED));
      }
    }
  }

  /** Stops every PostgreSQL; the next process starts them again. */
  public void stopAll() throws InterruptedException {
    for (FlexibleServer server : all()) {
      try {
        postgres(server).stop();
      } catch (IOException e) {
        log.error("{} does not stop", server.name(), e);
      }
    }
  }
}
