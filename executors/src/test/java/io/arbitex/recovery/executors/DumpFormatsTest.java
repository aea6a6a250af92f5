package io.arbitex.recovery.executors;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.checks.AuditChain;
import io.arbitex.recovery.checks.AuditTables;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.Outcome;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every format of pg_dump that is taken comes back whole, on a real server. */
class DumpFormatsTest {
  private static final String PARALLEL =
      """
      version: 1
      procedures:
        dump: {mode: parallel, jobs: 2}
      """;

  @TempDir static Path folder;
  private static RecoveryWorld world;

  @BeforeAll
  static void startWorld() throws Exception {
    world = RecoveryWorld.start(folder);
    try (Connection connection = world.admin(world.primary, RecoveryWorld.DATABASE)) {
      for (String statement :
          List.of(
              "CREATE TABLE notes (id int PRIMARY KEY, body text)",
              // What a reader of scripts could stumble over.
              "INSERT INTO notes VALUES (1, E'a\\n\\\\.\\nCOPY notes (id, body) FROM stdin;\\n'),"
                  + " (2, E'\\\\connect elsewhere\\n-- PostgreSQL database dump complete\\n')",
              "CREATE FUNCTION tell() RETURNS text LANGUAGE plpgsql AS $f$\nBEGIN\n"
                  + "  RETURN '\nALTER TABLE notes OWNER TO nobody;\n\\connect $$';\nEND;\n$f$",
              "COMMENT ON TABLE notes IS E'costs $$ and it''s\n\\\\x odd'",
              "CREATE SEQUENCE tickets",
              "SELECT setval('tickets', 500000)",
              "ALTER TABLE notes ADD CONSTRAINT late CHECK (id > 0) NOT VALID")) {
        connection.createStatement().execute(statement);
      }
    }
  }

  @AfterAll
  static void endWorld() {
    world.close();
  }

  @AfterEach
  void clear() throws Exception {
    world.clear();
  }

  @ParameterizedTest
  @CsvSource({
    "-Fc -Z0,,",
    "-Fc,gzip -c,",
    "-Fc -Z0,zstd -q -c,",
    "-Fd,,",
    "-Fd -Z0,,",
    "-Fp,,",
    "-Fp,gzip -c,",
    "-Fp --inserts,zstd -q -c,",
    "-Fc,,parallel",
    "-Fd,,parallel",
    "-Fc,gzip -c,parallel",
    "-Fp,,parallel",
  })
  void comesBackProven(String options, String filter, String mode) throws Exception {
    world.dump("dump-1", List.of(options.split(" ")), filter == null ? "" : filter);
    ProcedureBench bench =
        new ProcedureBench(mode == null ? world.procedures() : world.procedures(PARALLEL));
    Next.Finished end = bench.run(world.restore(1));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    String database = bench.factsOfEnd().get("database");
    for (String query :
        List.of(
            "SELECT id || body FROM notes ORDER BY id",
            "SELECT tell()",
            "SELECT obj_description('notes'::regclass)",
            "SELECT count(*) FROM pg_constraint WHERE NOT convalidated")) {
      assertThat(world.texts(world.spare, database, query))
          .as(query)
          .isEqualTo(world.texts(world.primary, RecoveryWorld.DATABASE, query));
    }
    assertThat(world.texts(world.spare, database, "SELECT nextval('tickets')"))
        .as("numbers given out since the dump are not given out again: 1 % of them is left out")
        .containsExactly("505001");
    assertThat(
            world.texts(
                world.spare,
                database,
                "SELECT id || ' ' || (payload->>'restorePoint') FROM audit_events"
                    + " WHERE action = 'RECOVERY'"))
        .containsExactly("2001 dump-1");
    assertThat(
            new AuditChain(AuditTables.KEY)
                .verify(world.spare.address(database), 2, Optional.empty())
                .valid())
        .isTrue();
    assertThat(
            world.texts(
                world.spare,
                database,
                "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'"))
        .as("the admin owns all, whatever the format")
        .containsExactly(RecoveryWorld.ADMIN);
    assertThat(
            world.texts(
                world.spare,
                database,
                "SELECT has_table_privilege('arbitex_app', 'audit_events', 'INSERT')"))
        .as("rights are those of the dump")
        .containsExactly("t");
  }

  @Test
  void aScriptThatWouldLeaveTheFreshDatabaseIsRefused() throws Exception {
    world.dump("dump-1");
    world.dump("dump-2", List.of("-Fp", "-C"), "gzip -c");
    ProcedureBench bench = new ProcedureBench(world.procedures());
    assertThat(bench.run(world.restore(1)).outcome()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd()).containsEntry("restore-point", "dump-1");
    assertThat(bench.factsOfEnd().get("rejected"))
        .contains("dump-2 holds psql's command \\connect");
  }
}
