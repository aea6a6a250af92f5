package io.arbitex.recovery.detector;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.checks.AuditTables;
import io.arbitex.recovery.checks.PostgresFixture;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.SecretReference;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.runtime.Bindings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a probe says of a real server in each state that people take for a disaster, or is one. */
@Timeout(120)
class PostgresqlProbeTest {
  private static final Instant AT = Instant.parse("2026-11-22T10:00:00Z");

  @TempDir private Path folder;
  private final List<Baseline> canaries = new ArrayList<>();
  private final PostgresqlProbe probe =
      new PostgresqlProbe(
          "lab",
          "postgresql",
          "observer-0",
          Duration.ofSeconds(2),
          Clock.systemUTC(),
          canaries::add,
          (connection, bound, left) -> Optional.empty());

  @Test
  void onlyWhatIsLostLooksLost() throws Exception {
    try (PostgresFixture postgres =
        PostgresFixture.start(
            List.of("max_connections = 6", "superuser_reserved_connections = 0"))) {
      postgres.createDatabase("arbitex");
      expect(look(postgres, "arbitex", "right"), HealthStatus.DOWN, Symptom.DATA_MISSING);
      try (Connection connection = postgres.connect("arbitex")) {
        AuditTables.createFilled(connection, 5);
      }
      expect(look(postgres, "arbitex", "right"), HealthStatus.UP, Symptom.NONE);
      assertThat(canaries).hasSize(1);

      Observation refused = look(postgres, "arbitex", "wrong");
      expect(refused, HealthStatus.DEGRADED, Symptom.AUTHENTICATION);
      assertThat(refused.detail()).contains("28P01").doesNotContain("not-the-password");
      expect(look(postgres, "gone", "right"), HealthStatus.DOWN, Symptom.DATA_MISSING);

      postgres.execute("postgres", "ALTER DATABASE arbitex SET default_transaction_read_only = on");
      expect(look(postgres, "arbitex", "right"), HealthStatus.DEGRADED, Symptom.READ_ONLY);
      postgres.execute("postgres", "ALTER DATABASE arbitex RESET default_transaction_read_only");

      List<Connection> all = new ArrayList<>();
      try {
        for (int i = 0; i < 6; i++) {
          all.add(postgres.connect("arbitex"));
        }
        expect(
            look(postgres, "arbitex", "right"),
            HealthStatus.DEGRADED,
            Symptom.TOO_MANY_CONNECTIONS);
      } finally {
        for (Connection each : all) {
          each.close();
        }
      }

      postgres.kill();
      expect(look(postgres, "arbitex", "right"), HealthStatus.DOWN, Symptom.UNREACHABLE);
      assertThat(canaries).hasSize(1);
    }
  }

  @Test
  void anObserverWithoutItsOwnPasswordSaysUnknown() throws Exception {
    Bindings.Database target =
        new Bindings.Database(
            new Inventory.Server(
                "primary", "127.0.0.1", 1, "disable", "a", reference(folder.resolve("none"))),
            "arbitex",
            "primary",
            0);
    assertThat(probe.look(target, AT).status()).isEqualTo(HealthStatus.UNKNOWN);
  }

  private Observation look(PostgresFixture postgres, String database, String which)
      throws Exception {
    Path password = folder.resolve(which);
    Files.writeString(
        password, which.equals("right") ? PostgresFixture.PASSWORD : "not-the-password");
    Inventory.Server server =
        new Inventory.Server(
            "primary",
            "127.0.0.1",
            postgres.port(),
            "disable",
            PostgresFixture.USER,
            reference(password));
    return probe.look(new Bindings.Database(server, database, "primary", 0), AT);
  }

  private static SecretReference reference(Path file) {
    return new SecretReference("file:" + file, file);
  }

  private static void expect(Observation seen, HealthStatus status, Symptom symptom) {
    assertThat(seen.symptom()).as(seen.detail()).isEqualTo(symptom);
    assertThat(seen.status()).isEqualTo(status);
    assertThat(seen.at()).isEqualTo(AT);
  }
}
