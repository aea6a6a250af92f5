package io.arbitex.recovery.lab.kubernetes.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import java.time.Clock;
import java.util.List;

/** How objects go: at once, or when their finalizers are gone, or when a pod's processes are. */
public final class Deletion {
  public static final String ORPHAN = "orphan";
  public static final String FOREGROUND = "foregroundDeletion";

  private final ObjectStore store;
  private final Clock clock;

  Deletion(ObjectStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /**
   * What became of it.
   *
   * @param gone whether it is no longer there
   * @param object as it is now or last was
   */
  public record Outcome(boolean gone, ObjectNode object) {}

  Outcome delete(ObjectKey key, DeleteOptions options) {
    synchronized (store) {
      ObjectNode object = store.find(key).orElseThrow(() -> ApiFailure.notFound(key));
      options.check(key, object);
      if (options.dryRun()) {
        return new Outcome(true, object);
      }
      switch (options.propagation()) {
        case ORPHAN -> Meta.addFinalizer(object, ORPHAN);
        case FOREGROUND -> Meta.addFinalizer(object, FOREGROUND);
        case BACKGROUND -> {
          // The garbage collector finds what has lost its owner.
        }
      }
      int grace = grace(key, object, options);
      boolean waits =
          grace > 0
              || !Meta.finalizers(object).isEmpty()
              || key.type().equals(ResourceTypes.NAMESPACE);
      if (!waits) {
        store.remove(key);
        return new Outcome(true, object);
      }
      ObjectNode metadata = object.withObject("/metadata");
      if (!Meta.isBeingDeleted(object)) {
        metadata.put("deletionTimestamp", Meta.time(clock.instant().plusSeconds(grace)));
        metadata.put("deletionGracePeriodSeconds", grace);
        if (key.type().hasStatus()) {
          metadata.put("generation", Meta.generation(object) + 1);
        }
      } else if (grace < metadata.path("deletionGracePeriodSeconds").asInt()) {
        metadata.put("deletionTimestamp", Meta.time(clock.instant().plusSeconds(grace)));
        metadata.put("deletionGracePeriodSeconds", grace);
      }
      if (key.type().equals(ResourceTypes.NAMESPACE)) {
        object.withObject("/status").put("phase", "Terminating");
      }
      return new Outcome(false, store.put(key, object));
    }
  }

  /** Only a pod that was given to a node and has not ended needs time. */
  private static int grace(ObjectKey key, ObjectNode object, DeleteOptions options) {
    boolean ended = List.of("Succeeded", "Failed").contains(object.at("/status/phase").asText());
    if (!key.type().equals(ResourceTypes.POD)
        || object.at("/spec/nodeName").asText("").isEmpty()
        || ended) {
      return 0;
    }
    return options.graceSeconds().orElse(object.at("/spec/terminationGracePeriodSeconds").asInt());
  }

  /** Whether an object that is being deleted has nothing left to wait for. */
  boolean isComplete(ObjectKey key, ObjectNode object) {
    boolean waitsForContents =
        key.type().equals(ResourceTypes.NAMESPACE) && !object.at("/spec/finalizers").isEmpty();
    return Meta.isBeingDeleted(object)
        && Meta.finalizers(object).isEmpty()
        && object.at("/metadata/deletionGracePeriodSeconds").asInt() == 0
        && !waitsForContents;
  }
}
