package io.arbitex.recovery.checks.kubernetes;

import java.util.Optional;

/**
 * The Alembic head that the platform must stand on, as far as it is known.
 *
 * @param restored whether a database was restored at all; a Redis has no head
 * @param value of the restore point's baseline; empty when it is not known, which proves nothing
 */
public record AlembicHead(boolean restored, Optional<String> value) {
  /** No database was restored, so there is nothing to compare. */
  public static final AlembicHead NONE_RESTORED = new AlembicHead(false, Optional.empty());

  /** Of a database that was restored; an empty one counts as not known. */
  public static AlembicHead restored(Optional<String> value) {
    return new AlembicHead(true, value.map(String::strip).filter(head -> !head.isEmpty()));
  }

  /** With that of another database; what is not known of one is not hidden by the other. */
  public AlembicHead and(AlembicHead other) {
    return restored && value.isEmpty() ? this : other;
  }
}
