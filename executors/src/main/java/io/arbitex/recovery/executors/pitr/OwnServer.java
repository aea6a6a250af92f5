package io.arbitex.recovery.executors.pitr;

import io.arbitex.recovery.executors.azure.FlexibleServer;
import io.arbitex.recovery.record.StepCommand;

/** Whose a server in Azure is: its order carries the command's id as a tag. */
final class OwnServer {
  static final String TAG = "recovery-command";

  private OwnServer() {}

  static boolean is(FlexibleServer found, StepCommand command) {
    return found.tag(TAG).filter(command.getCommandId()::equals).isPresent();
  }
}
