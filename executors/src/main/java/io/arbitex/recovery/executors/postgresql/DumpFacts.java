package io.arbitex.recovery.executors.postgresql;

/** Names of the facts that the actions hand on. */
final class DumpFacts {
  static final String TOOLS_MAJOR = "tools-major";
  static final String SERVER = "server";
  static final String SERVER_MAJOR = "server-major";
  static final String DATABASE = "database";
  static final String POINT = "restore-point";
  static final String TAKEN_AT = "restore-point-taken-at";
  static final String MANIFEST = "restore-point-manifest";
  static final String REJECTED = "rejected";
  static final String RESTORED_ROWS = "restored-rows";
  static final String AUDIT_HEAD = "audit-head-id";
  static final String AUDIT_HEAD_HMAC = "audit-head-hmac";
  static final String AUDIT_COUNT = "audit-count";

  /** Id of the RECOVERY event in the audit chain, or why there is none. */
  static final String RECOVERY_EVENT = "recovery-event";

  static final String SEQUENCES_ADVANCED = "sequences-advanced";

  /** Parameter: ids of restore points that failed a proof already, joined by commas. */
  static final String EXCLUDE = "exclude-restore-points";

  /** Parameter: the first bad observation of the source, ISO-8601. */
  static final String BAD_SINCE = "bad-since";

  private DumpFacts() {}
}
