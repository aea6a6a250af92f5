package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.executors.database.RestoreFacts;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Names of parameters and facts of a cutover. */
final class CutoverFacts {
  static final String SERVER = "server";
  static final String DATABASE = "database";
  static final String POINT = "restore-point";
  static final String SOURCE_RESOURCE = "source-resource";
  static final String SOURCE_EPOCH = "source-epoch";

  /**
   * Parameter: {@code true} when a person approved a plan that may cut over from a source that
   * lives but is not sound.
   */
  static final String SOURCE_MAY_LIVE = "source-may-live";

  /**
   * What the source was found to be: {@code unreachable}, {@code hung}, {@code busy}, {@code
   * missing} or {@code unsound}.
   */
  static final String SOURCE_STATE = "source-state";

  /** Value of {@link #SOURCE_STATE}: no connection could be made. */
  static final String UNREACHABLE = "unreachable";

  static final String SOURCE_DETAIL = "source-detail";

  /** How the source is kept from being written to. */
  static final String FENCE = "source-fence";

  /** When a source that lives had no session of the platform any more, ISO-8601. */
  static final String FENCED_AT = "source-fenced-at";

  /** Set before the source's door is closed, so that clean-up knows that it was open. */
  static final String FENCED_ROLE = "fenced-role";

  /**
   * Who of {@code public} and {@code role} had the right to connect to a source on the target's
   * server before the fence, joined by commas.
   */
  static final String FENCED_GRANTS = "fenced-grants";

  /** Set before the role gets a new password for a switch that can still be put back. */
  static final String SWITCH_BEGUN = "switch-begun";

  /** Set when clean-up has claimed the secret, so that no earlier owner can write it any more. */
  static final String SECRET_CLAIMED = "secret-claimed";

  /**
   * Set before the key vault is written for the first time: {@code true}, or {@code refused} when
   * it surely was not.
   */
  static final String VAULT_BEGUN = "vault-begun";

  /** The version that the key vault had then. */
  static final String VAULT_BEFORE = "vault-version-before";

  /** What became of the DNS record, for people. */
  static final String DNS = "dns-record";

  /** Epoch of the binding that an earlier attempt of this very cutover has published. */
  static final String CUT_OVER_EPOCH = "cut-over-epoch";

  /** Sessions of the platform's role that were seen on the target after the switch. */
  static final String SESSIONS = "platform-sessions";

  /** The file with the source's events of after the restore point, or why there is none. */
  static final String SALVAGE_FILE = "salvage-file";

  /** How many events are in it. */
  static final String SALVAGE_EVENTS = "salvage-events";

  /** How many events of before the restore point were others in the source: in a second file. */
  static final String SALVAGE_REWRITTEN = "salvage-rewritten";

  /** How many events the damage of the source let nobody read; not there for none. */
  static final String SALVAGE_UNREADABLE = "salvage-unreadable";

  static final String AUDIT_HEAD = "audit-head-id";
  static final String AUDIT_HEAD_HMAC = "audit-head-hmac";
  static final String AUDIT_COUNT = "audit-count";

  /** What the mark on the target knows of its restore, and the verifier asks for. */
  static final Set<String> OF_RESTORE =
      Set.of(AUDIT_HEAD, AUDIT_HEAD_HMAC, AUDIT_COUNT, RestoreFacts.CRITICAL_ROWS);

  /**
   * What only the attempt knows that has fenced and exported. It goes into the mark on the target,
   * since another attempt may have to bring the cutover to its end.
   */
  static final Set<String> OF_FENCE =
      Set.of(
          SOURCE_STATE,
          SOURCE_DETAIL,
          FENCE,
          FENCED_AT,
          SALVAGE_FILE,
          SALVAGE_EVENTS,
          SALVAGE_REWRITTEN,
          SALVAGE_UNREADABLE);

  private CutoverFacts() {}

  /**
   * The facts of a mark, with what this attempt found out about the source. Of an earlier one that
   * was undone nothing is kept: its fence was lifted.
   */
  static Map<String, String> withFence(
      Map<String, String> ofMark, Map<String, String> ofThisAttempt) {
    Map<String, String> all = new LinkedHashMap<>(ofMark);
    all.keySet().removeAll(OF_FENCE);
    OF_FENCE.forEach(name -> all.computeIfAbsent(name, ofThisAttempt::get));
    return all;
  }
}
