package io.arbitex.recovery.executors;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdOutputStream;
import io.arbitex.recovery.checks.AuditChain;
import io.arbitex.recovery.checks.AuditTables;
import io.arbitex.recovery.checks.DumpContent;
import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.engine.Next;
import io.arbitex.recovery.engine.Outcome;
import io.arbitex.recovery.record.DumpPart;
import io.arbitex.recovery.record.RestorePoint;
import java.io.OutputStream;
import java.nio.file.Files;
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
import org.postgresql.PGConnection;

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
    "-Fp,,",
    "-Fp,gzip -c,",
    "-Fp --inserts,zstd -q -c,",
    "-Fc,,parallel",
    "-Fd,,parallel",
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

  @Test
  void rowsBesideADumpAreLoadedSideBySideAndADamagedPartIsRefused() throws Exception {
    world.dump("dump-1");
    RestorePoint split =
        world.dump("dump-2", List.of("-Fc", "--exclude-table-data=audit_events"), "");
    Path dump = world.dumpFile("dump-2");
    split.setParts(List.of(part(dump, 1, "id <= 700"), part(dump, 2, "id > 700")));
    RestorePointManifest.write(dump, split);
    ProcedureBench bench = new ProcedureBench(world.procedures());
    Next.Finished end = bench.run(world.restore(1));
    assertThat(end.outcome()).as(end.toString()).isEqualTo(Outcome.DONE);
    assertThat(bench.factsOfEnd())
        .containsEntry("restore-point", "dump-2")
        .containsEntry("audit-count", "2000");

    Path second = dump.resolveSibling(split.getParts().get(1).getFile());
    byte[] bytes = Files.readAllBytes(second);
    bytes[bytes.length / 2] ^= 1;
    Files.write(second, bytes);
    ProcedureBench again = new ProcedureBench(world.procedures());
    assertThat(again.run(world.restore(2)).outcome()).isEqualTo(Outcome.DONE);
    assertThat(again.factsOfEnd()).containsEntry("restore-point", "dump-1");
    assertThat(again.factsOfEnd().get("rejected"))
        .contains("dump-2 has the checksum")
        .contains(second.getFileName().toString());
  }

  private static DumpPart part(Path dump, int number, String condition) throws Exception {
    Path file = dump.resolveSibling(dump.getFileName() + "." + number + ".rows");
    long rows;
    try (Connection connection = world.admin(world.primary, RecoveryWorld.DATABASE);
        OutputStream out = new ZstdOutputStream(Files.newOutputStream(file))) {
      String query = "SELECT * FROM audit_events WHERE " + condition;
      rows =
          connection
              .unwrap(PGConnection.class)
              .getCopyAPI()
              .copyOut("COPY (" + query + ") TO STDOUT (FORMAT binary)", out);
    }
    return DumpPart.newBuilder()
        .setFile(file.getFileName().toString())
        .setTable("public.audit_events")
        .setRows(rows)
        .setSizeBytes(DumpContent.size(file))
        .setSha256(DumpContent.sha256(file))
        .build();
  }
}
