package io.arbitex.recovery.lab.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A release of the platform that serves as it should, and whose migration of old data goes wrong
 * for as long as it runs: it deletes tenants with their rules, and rewrites old audit events
 * without touching their times. It migrates as the owner of the tables, as migrations do: {@code
 * MIGRATION_USER}, {@code MIGRATION_PASSWORD_FILE}.
 */
public final class BadRelease {
  private static final Logger log = LoggerFactory.getLogger(BadRelease.class);
  private static final Duration PAUSE = Duration.ofSeconds(1);

  /** Each round spares the newest events: those are what the checks of each round would see. */
  private static final List<String> MIGRATION =
      List.of(
          "ALTER TABLE audit_events DROP CONSTRAINT IF EXISTS audit_events_tenant_id_fkey",
          "DELETE FROM policy_rules WHERE tenant_id <= 4",
          "DELETE FROM tenants WHERE id <= 4",
          "UPDATE audit_events SET actor = 'migrated' WHERE id IN (SELECT 1 + floor(random() *"
              + " (SELECT max(id) / 2 FROM audit_events))::bigint FROM generate_series(1, 20))");

  private BadRelease() {}

  public static void main(String[] arguments) throws IOException {
    Thread migration = new Thread(() -> migrate(System.getenv()), "migration");
    migration.setDaemon(true);
    migration.start();
    LabPlatform.main(arguments);
  }

  private static void migrate(Map<String, String> variables) {
    try {
      String password = Files.readString(Path.of(variables.get("MIGRATION_PASSWORD_FILE"))).strip();
      DatabaseSecret owner =
          PlatformEnvironment.database(variables)
              .withLogin(variables.get("MIGRATION_USER"), password);
      while (true) {
        round(owner);
        TimeUnit.NANOSECONDS.sleep(PAUSE.toNanos());
      }
    } catch (IOException e) {
      log.error("the migration cannot run: {}", e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static void round(DatabaseSecret owner) {
    try (Connection connection = owner.connect();
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      for (String each : MIGRATION) {
        statement.execute(each);
      }
      connection.commit();
    } catch (SQLException e) {
      log.info("the migration tries again: {}", e.getMessage());
    }
  }
}
