package io.arbitex.recovery.executors.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.checks.PostgresFixture;
import io.arbitex.recovery.executors.database.Sql;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class SourceFenceTest {
  private static final String ACL = "SELECT coalesce(datacl::text, 'default') FROM pg_database";

  @Test
  void aFenceOnASharedServerIsLiftedToExactlyWhatWasThere() throws SQLException {
    try (PostgresFixture server = PostgresFixture.start()) {
      server.execute(
          "postgres",
          "CREATE ROLE app LOGIN PASSWORD 'x'",
          "CREATE DATABASE open_to_all",
          "CREATE DATABASE open_to_app",
          "REVOKE CONNECT ON DATABASE open_to_app FROM PUBLIC",
          "GRANT CONNECT ON DATABASE open_to_app TO app");
      try (Connection maintenance = server.connect("postgres")) {
        assertThat(closedAndOpened(maintenance, "open_to_all"))
            .contains("=Tc/")
            .doesNotContain("app=");
        assertThat(closedAndOpened(maintenance, "open_to_app"))
            .contains("=T/", "app=c/")
            .doesNotContain("=Tc/fixture_admin,");
      }
    }
  }

  /** The rights after a fence was raised and lifted. */
  private static String closedAndOpened(Connection maintenance, String database)
      throws SQLException {
    SourceFence fence = new SourceFence(maintenance, "app", database, true);
    String grants = fence.grants();
    fence.close();
    assertThat(fence.closed()).isTrue();
    fence.open(grants);
    assertThat(fence.closed()).isFalse();
    return Sql.column(maintenance, ACL + " WHERE datname = ?", database).get(0);
  }
}
