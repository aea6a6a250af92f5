package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import java.io.IOException;
import java.sql.SQLException;

/** Something that is broken in a calm lab, and what must come of it. */
public interface Disaster {
  /**
   * Breaks, waits, and holds what came of it against the truth.
   *
   * @param crashes what else is killed on the way
   * @throws SQLException when the truth of a database cannot be read
   * @throws InvalidConfiguration when a decision's configuration cannot be read
   */
  DrillResult run(CrashPlan crashes)
      throws IOException, InterruptedException, SQLException, InvalidConfiguration;
}
