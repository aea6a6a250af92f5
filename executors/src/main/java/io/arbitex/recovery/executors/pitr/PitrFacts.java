package io.arbitex.recovery.executors.pitr;

/** Names of the facts that only this procedure's actions hand on to each other. */
final class PitrFacts {
  /** The source's name in Azure. */
  static final String SOURCE_SERVER = "azure-source";

  /** The moment to restore to, ISO-8601. */
  static final String MOMENT = "restore-moment";

  /** How the moment was chosen, for people. */
  static final String MOMENT_WHY = "restore-moment-chosen";

  /** The signed checkpoint behind the moment, as JSON; empty for the newest moment there is. */
  static final String CHECKPOINT = "restore-checkpoint";

  /** Id of the last canary row that was acknowledged before the moment; empty for none. */
  static final String CANARY = "restore-canary";

  /** Address of the operation that restores, journalled before it is waited for. */
  static final String OPERATION = "azure-operation";

  /** The server of an order to which there is no answer yet; empty for none. */
  static final String ORDERED = "azure-ordered";

  /** What was applied again, since Azure does not carry it over. */
  static final String CARRIED_OVER = "carried-over";

  /** Parameters that Azure would not take, joined by commas. */
  static final String NOT_CARRIED_OVER = "not-carried-over";

  /** The signed checkpoint that the restored data is held against, as JSON; empty for none. */
  static final String ANCHOR = "restore-anchor";

  /** The high availability that was asked for. */
  static final String HIGH_AVAILABILITY = "high-availability";

  private PitrFacts() {}
}
