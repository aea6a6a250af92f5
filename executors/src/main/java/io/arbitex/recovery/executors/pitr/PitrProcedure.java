package io.arbitex.recovery.executors.pitr;

import io.arbitex.recovery.engine.Procedure;
import io.arbitex.recovery.executors.database.SignRecovery;

/** {@code postgresql.pitr}: see the package. */
public final class PitrProcedure {
  public static final String NAME = "postgresql.pitr";

  private PitrProcedure() {}

  public static Procedure of(PitrSource source) {
    return Procedure.named(NAME)
        .action(new CheckAzure(source))
        .action(new ChooseMoment(source))
        .action(new RestoreServer(source))
        .action(new CarryOver(source))
        .action(new CloseRestored(source))
        .action(new ProveRestored(source))
        .action(new SignRecovery(source::auditKey, source::restored))
        .action(new AskHighAvailability(source))
        .onFailure(new DeleteServer(source))
        .build();
  }
}
