package io.arbitex.recovery.checks;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecoveryEventTest {
  private static final RecoveryEvent EVENT =
      new RecoveryEvent(
          "inc-7", "inc-7/a/1", "dump-1", Instant.parse("2026-03-10T10:00:00Z"), 5_400);

  @Test
  void theChainGoesOnWithItAndTheRestoredHeadStaysItsAnchor() throws Exception {
    try (PostgresFixture postgres = PostgresFixture.start()) {
      DatabaseAddress database = postgres.createDatabase("restored");
      try (Connection connection = postgres.connect("restored")) {
        AuditTables.createFilled(connection, 100);
        ChainVerdict before = new AuditChain(AuditTables.KEY).verify(database, 2, Optional.empty());
        assertThat(RecoveryEvent.find(connection, EVENT.command())).isEmpty();

        assertThat(EVENT.append(connection, AuditTables.KEY, Clock.systemUTC())).isEqualTo(101);

        assertThat(RecoveryEvent.find(connection, EVENT.command())).hasValue(101);
        assertThat(RecoveryEvent.find(connection, "inc-7/a/2")).isEmpty();
        ChainAnchor anchor = new ChainAnchor(100, 100, before.headHmac());
        ChainVerdict after =
            new AuditChain(AuditTables.KEY).verify(database, 2, Optional.of(anchor));
        assertThat(after.valid()).isTrue();
        assertThat(after.rows()).isEqualTo(101);

        // The platform's next event follows it.
        AuditTables.append(connection, 5);
        assertThat(new AuditChain(AuditTables.KEY).verify(database, 2, Optional.of(anchor)).valid())
            .isTrue();
      }
    }
  }

  @Test
  void anEmptyChainBeginsWithIt() throws Exception {
    try (PostgresFixture postgres = PostgresFixture.start()) {
      DatabaseAddress database = postgres.createDatabase("restored");
      try (Connection connection = postgres.connect("restored")) {
        AuditTables.create(connection);
        assertThat(EVENT.append(connection, AuditTables.KEY, Clock.systemUTC())).isEqualTo(1);
        assertThat(new AuditChain(AuditTables.KEY).verify(database, 1, Optional.empty()).valid())
            .isTrue();
      }
    }
  }
}
