package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.executors.database.SignRecovery;

/** {@code postgresql.dump}: see the package. */
public final class DumpProcedure {
  public static final String NAME = "postgresql.dump";

  private DumpProcedure() {}

  public static Procedure of(DumpSource source) {
    return Procedure.named(NAME)
        .action(new CheckTools(source))
        .action(new ChooseServer(source))
        .action(new ChooseRestorePoint(source))
        .action(new CreateDatabase(source))
        .action(new RestoreDump(source))
        .action(new AnalyzeDatabase(source))
        .action(new ProveDatabase(source))
        .action(
            new SignRecovery(
                source::auditKeyBytes, context -> FreshDatabase.of(source, context).marked()))
        .onFailure(new DropDatabase(source))
        .build();
  }
}
