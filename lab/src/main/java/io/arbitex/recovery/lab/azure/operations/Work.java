package io.arbitex.recovery.lab.azure.operations;

import java.io.IOException;
import java.sql.SQLException;

/** What an operation does. Done again after a kill, it ends as if it had been done once. */
public interface Work {
  /**
   * @throws OperationFailed when the operation ends as Failed, with what the client is told
   * @throws IOException when it failed in a way that the client is not told the details of
   */
  void run(Operation operation)
      throws OperationFailed, IOException, SQLException, InterruptedException;

  /** Undoes what the request did, because nothing else was or will be done. */
  void abandon(Operation operation) throws IOException, InterruptedException;
}
