package io.arbitex.recovery.executors.database;

import io.arbitex.recovery.configuration.Inventory;
import java.util.Map;
import java.util.Optional;

/** Names of the facts with which a restore tells the cutover and the verifier what it made. */
public final class RestoreFacts {
  /** The server that holds the restored database, by its name in the inventory or its own. */
  public static final String SERVER = "server";

  /** Where a server answers that is not in the inventory. */
  public static final String SERVER_HOST = "server-host";

  /** The port there. */
  public static final String SERVER_PORT = "server-port";

  /** The server of the inventory that it was made of: its roles and passwords. */
  public static final String SERVER_LIKE = "server-like";

  public static final String DATABASE = "database";
  public static final String POINT = "restore-point";
  public static final String TAKEN_AT = "restore-point-taken-at";

  /** The baseline of a restore point that is not in the catalogue, as JSON. */
  public static final String BASELINE = "restore-point-baseline";

  public static final String REJECTED = "rejected";
  public static final String RESTORED_ROWS = "restored-rows";
  public static final String AUDIT_HEAD = "audit-head-id";
  public static final String AUDIT_HEAD_HMAC = "audit-head-hmac";
  public static final String AUDIT_COUNT = "audit-count";

  /** Rows of each critical table, {@code table=rows} joined by commas. */
  public static final String CRITICAL_ROWS = "critical-rows";

  /** Id of the RECOVERY event in the audit chain, or why there is none. */
  public static final String RECOVERY_EVENT = "recovery-event";

  public static final String SEQUENCES_ADVANCED = "sequences-advanced";

  /** Parameter: ids of restore points that failed a proof already, joined by commas. */
  public static final String EXCLUDE = "exclude-restore-points";

  /** Parameter: the first bad observation of the source, ISO-8601. */
  public static final String BAD_SINCE = "bad-since";

  /** Parameter: what is wrong with the source, as the observers confirmed it. */
  public static final String SYMPTOM = "symptom";

  /** Parameter: what the component is, {@code server} or {@code server/database}. */
  public static final String SOURCE_RESOURCE = "source-resource";

  /** Parameter: epoch of the binding that names the source. */
  public static final String SOURCE_EPOCH = "source-epoch";

  private RestoreFacts() {}

  /** The server that a restore made, by its facts; empty where it used one of the inventory. */
  public static Optional<Inventory.Server> made(
      Inventory.Postgresql settings, Map<String, String> facts) {
    String like = facts.get(SERVER_LIKE);
    String host = facts.get(SERVER_HOST);
    return like == null || host == null
        ? Optional.empty()
        : settings.restored(
            facts.get(SERVER), like, host, Integer.parseInt(facts.get(SERVER_PORT)));
  }
}
