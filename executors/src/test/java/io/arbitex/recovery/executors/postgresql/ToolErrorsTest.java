package io.arbitex.recovery.executors.postgresql;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ToolErrorsTest {
  @Test
  void rowsOfCustomersAreLeftOut() {
    assertThat(
            ToolErrors.withoutRows(
                """
                pg_restore: error: COPY failed for table "users": ERROR:  invalid input syntax \
                for type integer: "ann@example.org"
                DETAIL:  Key (email)=(ann@example.org) already exists.
                CONTEXT:  COPY users, line 3, column id: "ann@example.org"
                Command was: INSERT INTO users VALUES ('ann@example.org');
                3\tann@example.org
                """))
        .isEqualTo(
            "pg_restore: error: COPY failed for table \"users\": ERROR:  invalid input syntax"
                + " for type integer: \"(left out)\"");
  }

  @Test
  void whatSaysWhyTheToolFailedIsKept() {
    assertThat(
            ToolErrors.withoutRows(
                """
                pg_restore: error: could not execute query: ERROR:  role "app" does not exist
                Command was: GRANT SELECT ON t TO app;
                """))
        .isEqualTo(
            "pg_restore: error: could not execute query: ERROR:  role \"app\" does not exist");
  }
}
