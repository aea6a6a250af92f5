package io.arbitex.recovery.lab.azure.postgresql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The PostgreSQL of a server, in one data directory. It outlives the lab's process. */
public final class Postgres {
  /** The lab's own role; customers do not get it, as on Azure. */
  static final String SUPERUSER = "azuresu";

  static final Duration LIMIT = Duration.ofSeconds(90);

  private final Programs programs;
  private final ServerFolder folder;
  private final ServerSettings settings;
  private final Path data;

  /**
   * @param data name of the data directory in the server's folder
   */
  public Postgres(Programs programs, ServerFolder folder, ServerSettings settings, String data) {
    this.programs = programs;
    this.folder = folder;
    this.settings = settings;
    this.data = folder.data(data);
  }

  Path data() {
    return data;
  }

  /** Writes how it is set up; a server that runs takes it up by {@link #reload}. */
  public void configure() throws IOException {
    Programs.write(data.resolve("postgresql.conf"), settings.text(folder), "rw-------");
  }

  /** Writes who may connect; a server that runs takes it up by {@link #reload}. */
  public void allow(Collection<IpRange> ranges) throws IOException {
    Programs.write(data.resolve("pg_hba.conf"), AccessFile.text(ranges), "rw-------");
  }

  public void reload() throws IOException, InterruptedException {
    programs.postgres(folder.root(), LIMIT, Map.of(), "pg_ctl", "reload", "-D", data.toString());
  }

  /** Starts it; returns when it takes connections, or has begun to recover. */
  public void start() throws IOException, InterruptedException {
    programs.postgres(
        folder.root(),
        LIMIT,
        Map.of(),
        "pg_ctl",
        "start",
        "-w",
        "-t",
        "60",
        "-D",
        data.toString(),
        "-l",
        folder.log().toString());
  }

  /** Stops it in an orderly way, ending its sessions; nothing when it does not run. */
  public void stop() throws IOException, InterruptedException {
    if (postmaster().isPresent()) {
      programs.postgres(
          folder.root(),
          LIMIT,
          Map.of(),
          "pg_ctl",
          "stop",
          "-w",
          "-t",
          "60",
          "-m",
          "fast",
          "-D",
          data.toString());
    }
  }

  /**
   * Kills it and all its processes; returns when they are gone.
   *
   * @throws IOException when they do not go
   */
  public void kill() throws IOException, InterruptedException {
    Optional<ProcessHandle> postmaster = postmaster();
    if (postmaster.isEmpty()) {
      return;
    }
    List<ProcessHandle> all = new ArrayList<>();
    all.add(postmaster.get());
    postmaster.get().descendants().forEach(all::add);
    all.forEach(ProcessHandle::destroyForcibly);
    try {
      CompletableFuture.allOf(
              all.stream().map(ProcessHandle::onExit).toArray(CompletableFuture<?>[]::new))
          .get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("the PostgreSQL in " + data + " does not die", e);
    }
  }

  /** The main process, while it lives. */
  public Optional<ProcessHandle> postmaster() {
    long pid;
    try {
      pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0).strip());
    } catch (IOException | IndexOutOfBoundsException | NumberFormatException e) {
      return Optional.empty();
    }
    // The file outlives a kill, and its number may by now be somebody else's.
    return ProcessHandle.of(pid)
        .filter(ProcessHandle::isAlive)
        .filter(each -> each.info().command().map(it -> it.endsWith("/postgres")).orElse(false));
  }

  /** A session of the lab's own. */
  public Connection connect() throws SQLException, IOException {
    Properties properties = new Properties();
    properties.setProperty("user", SUPERUSER);
    properties.setProperty("password", Files.readString(folder.superuserPassword()));
    properties.setProperty("sslmode", "disable");
    properties.setProperty("connectTimeout", "5");
    properties.setProperty("socketTimeout", "30");
    return DriverManager.getConnection(
        "jdbc:postgresql://" + settings.address() + ":" + settings.port() + "/postgres",
        properties);
  }
}
