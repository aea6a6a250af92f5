package io.arbitex.recovery.lab.azure.postgresql;

import java.io.IOException;
import java.nio.file.Files;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Makes the PostgreSQL of a new, empty server. */
public final class Initialization {
  private final Programs programs;
  private final ServerFolder folder;

  public Initialization(Programs programs, ServerFolder folder) {
    this.programs = programs;
    this.folder = folder;
  }

  /**
   * Makes the data directory, starts the server, and gives it its administrator, who is no
   * superuser.
   *
   * @throws SQLException when PostgreSQL refuses the administrator's name
   */
  public void make(Postgres postgres, String administrator)
      throws IOException, InterruptedException, SQLException {
    Programs.folder(folder.root());
    Programs.folder(folder.backups());
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    Programs.write(folder.superuserPassword(), HexFormat.of().formatHex(random), "rw-------");
    new WalArchive(folder).prepare();
    programs.postgres(
        folder.root(),
        Postgres.LIMIT,
        Map.of(),
        "initdb",
        "-D",
        postgres.data().toString(),
        "-U",
        Postgres.SUPERUSER,
        "-A",
        "scram-sha-256",
        "--pwfile=" + folder.superuserPassword(),
        "--data-checksums",
        "--no-sync",
        "-E",
        "UTF8",
        "--locale=C");
    postgres.configure();
    postgres.allow(List.of());
    postgres.start();
    try (Connection connection = postgres.connect();
        Statement statement = connection.createStatement()) {
      String role = "\"" + administrator.replace("\"", "\"\"") + "\"";
      statement.execute("CREATE ROLE azure_pg_admin");
      statement.execute("ALTER DATABASE postgres OWNER TO azure_pg_admin");
      statement.execute(
          "CREATE ROLE "
              + role
              + " LOGIN CREATEDB CREATEROLE PASSWORD '"
              + Files.readString(folder.administratorPassword()).replace("'", "''")
              + "' IN ROLE azure_pg_admin, pg_monitor, pg_signal_backend");
    }
  }

  /** Keeps the administrator's password, for {@link #make}, also after the process was killed. */
  public void keepPassword(String password) throws IOException {
    Programs.folder(folder.root());
    Programs.write(folder.administratorPassword(), password, "rw-------");
  }

  /** Forgets it; the server has it now. */
  public void forgetPassword() throws IOException {
    Files.deleteIfExists(folder.administratorPassword());
  }
}
