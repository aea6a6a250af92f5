package io.arbitex.recovery.checks;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.CheckStatus;
import io.arbitex.recovery.record.TableCount;
import io.arbitex.recovery.schemas.Framing;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class BaselineTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-03-10T14:30:00.123456789Z"), ZoneOffset.UTC);
  private static final BaselineReader READER =
      new BaselineReader(
          "lab", "postgresql", List.of("tenants", "policy_rules", "audit_events"), CLOCK);

  private static PostgresFixture postgres;

  @BeforeAll
  static void startServer() throws SQLException {
    postgres = PostgresFixture.start();
    postgres.createDatabase("arbitex");
    try (Connection connection = postgres.connect("arbitex")) {
      AuditTables.createFilled(connection, 100);
    }
  }

  @AfterAll
  static void endServer() {
    postgres.close();
  }

  @Test
  void aBaselineIsOfOneSnapshotEvenWhileOthersWrite() throws SQLException {
    try (Connection exporter = postgres.connect("arbitex");
        Connection writer = postgres.connect("arbitex");
        Connection reader = postgres.connect("arbitex");
        Statement statement = exporter.createStatement()) {
      exporter.setAutoCommit(false);
      exporter.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
      String snapshot;
      try (ResultSet result = statement.executeQuery("SELECT pg_export_snapshot()")) {
        result.next();
        snapshot = result.getString(1);
      }
      Baseline before =
          READER.readInSnapshot(reader, "primary", snapshot, Instant.parse("2026-03-10T14:29:59Z"));
      AuditTables.append(writer, 7);
      Baseline inside =
          READER.readInSnapshot(reader, "primary", snapshot, Instant.parse("2026-03-10T14:29:59Z"));
      Baseline after = READER.read(reader, "primary");

      assertThat(inside).isEqualTo(before);
      assertThat(after.getAuditCount()).isEqualTo(before.getAuditCount() + 7);
      assertThat(after.getAuditHeadId()).isEqualTo(before.getAuditHeadId() + 7);
      assertThat(after.getTakenAt()).isEqualTo(Instant.parse("2026-03-10T14:30:00.123456Z"));
      assertThat(after.getCounts())
          .contains(new TableCount("tenants", 12L), new TableCount("policy_rules", 48L));
      assertThat(after.getAlembicHead()).isEqualTo(AuditTables.ALEMBIC_HEAD);
      assertThat(after.getDatabaseBytes()).isPositive();
      assertThat(reader.getAutoCommit()).isTrue();
      Framing framing = new Framing();
      assertThat(framing.decode(framing.encode(after), Baseline.class)).isEqualTo(after);

      assertThat(BaselineComparison.exactly(before, inside)).allMatch(CheckResult::passed);
      assertThat(BaselineComparison.exactly(before, after).stream().filter(r -> !r.passed()))
          .extracting(CheckResult::check)
          .containsExactly("rows:audit_events", "audit-count", "audit-head");
      assertThat(BaselineComparison.atLeast(before, after)).allMatch(CheckResult::passed);
      assertThat(BaselineComparison.atLeast(after, before)).anyMatch(result -> !result.passed());
    }
  }

  @Test
  void aTableThatWasNotCountedProvesNothing() {
    Baseline some =
        Baseline.newBuilder()
            .setPlatform("lab")
            .setComponent("postgresql")
            .setKind(io.arbitex.recovery.record.BaselineKind.BASELINE)
            .setSource("primary")
            .setTakenAt(CLOCK.instant())
            .setCounts(List.of(new TableCount("tenants", 12L)))
            .setAlembicHead("a")
            .setAuditCount(0)
            .setAuditHeadId(0)
            .setAuditHeadHmac(AuditHmac.GENESIS)
            .build();
    Framing framing = new Framing();
    Baseline none = framing.decode(framing.encode(some), Baseline.class);
    none.setCounts(List.of());
    assertThat(BaselineComparison.exactly(some, none).get(0).status()).isEqualTo(CheckStatus.ERROR);
  }

  @Test
  void aCanaryTellsTheMomentAndTheHeadOfTheChain() throws SQLException {
    try (Connection connection = postgres.connect("arbitex")) {
      assertThat(Canary.newest(connection)).isEmpty();
      Baseline first =
          Canary.write(connection, "lab", "postgresql", "observer-a", CLOCK).orElseThrow();
      assertThat(Canary.write(connection, "lab", "postgresql", "observer-b", CLOCK)).isEmpty();
      Canary.Row row = Canary.newest(connection).orElseThrow();
      assertThat(row.id()).isEqualTo(first.getCanaryId());
      assertThat(row.at()).isEqualTo(first.getTakenAt());
      assertThat(row.auditHeadId()).isEqualTo(first.getAuditHeadId()).isPositive();
      assertThat(first.getAuditHeadHmac()).hasSize(64).isNotEqualTo(AuditHmac.GENESIS);

      Clock later = Clock.offset(CLOCK, Duration.ofHours(3));
      assertThat(Canary.trim(connection, Duration.ofHours(2), later)).isZero();
      Baseline second =
          Canary.write(connection, "lab", "postgresql", "observer-a", later).orElseThrow();
      assertThat(Canary.trim(connection, Duration.ofHours(2), later)).isEqualTo(1);
      assertThat(Canary.newest(connection).orElseThrow().id()).isEqualTo(second.getCanaryId());
    }
  }
}
