package io.arbitex.recovery.lab.kubernetes.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * One change of one object.
 *
 * @param object as it is now, or as it last was; not to be changed
 * @param previous as it was before; empty when it was added
 * @param revision of the whole store, by which changes are ordered
 */
public record WatchEvent(
    Kind kind, ObjectKey key, ObjectNode object, Optional<ObjectNode> previous, long revision) {
  /** What happened. */
  public enum Kind {
    ADDED,
    MODIFIED,
    DELETED
  }

  /**
   * How one who sees only some objects sees this: an object that came to match was added, one that
   * no longer matches was deleted.
   */
  Optional<WatchEvent> seenThrough(Predicate<ObjectNode> matching) {
    boolean before = previous.isPresent() && matching.test(previous.get());
    boolean now = kind != Kind.DELETED && matching.test(object);
    if (before && now) {
      return Optional.of(this);
    }
    if (now) {
      return Optional.of(new WatchEvent(Kind.ADDED, key, object, previous, revision));
    }
    if (before) {
      return Optional.of(new WatchEvent(Kind.DELETED, key, object, previous, revision));
    }
    return Optional.empty();
  }
}
