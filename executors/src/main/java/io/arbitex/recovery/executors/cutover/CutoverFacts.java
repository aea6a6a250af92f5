package io.arbitex.recovery.executors.cutover;

/** Names of parameters and facts of a cutover. */
final class CutoverFacts {
  static final String SERVER = "server";
  static final String DATABASE = "database";
  static final String POINT = "restore-point";
  static final String SOURCE_RESOURCE = "source-resource";
  static final String SOURCE_EPOCH = "source-epoch";

  /** What the source was found to be: {@code unreachable}, {@code missing} or {@code unsound}. */
  static final String SOURCE_STATE = "source-state";

  static final String SOURCE_DETAIL = "source-detail";

  /** How the source is kept from being written to. */
  static final String FENCE = "source-fence";

  /** Set before the source's door is closed, so that clean-up knows that it was open. */
  static final String FENCED_ROLE = "fenced-role";

  static final String AUDIT_HEAD = "audit-head-id";
  static final String AUDIT_HEAD_HMAC = "audit-head-hmac";
  static final String AUDIT_COUNT = "audit-count";

  private CutoverFacts() {}
}
