package io.arbitex.recovery.lab.kubernetes.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import io.arbitex.recovery.lab.kubernetes.store.WatchEvent.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * All objects, each with the revision of its last change. It keeps the last changes, so that a
 * watch can begin at the revision of a list and miss nothing. After a restart the history is empty:
 * a watch from before gets "too old", which every client must bear anyway.
 *
 * <p>Its own lock guards it; who reads and then writes holds that lock too.
 */
public final class ObjectStore {
  /** Revisions reserved at once, so that not each change writes two files. */
  private static final long RESERVED = 1000;

  private final ObjectFiles files;
  private final int historyLength;
  private final Map<ResourceType, Map<ObjectKey, ObjectNode>> objects = new HashMap<>();
  private final Deque<WatchEvent> history = new ArrayDeque<>();
  private final List<Subscription> subscriptions = new CopyOnWriteArrayList<>();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private long revision;
  private long reserved;

  /** The last revision of which a later change may have been forgotten. */
  private long forgotten;

  /**
   * @param historyLength how many changes a watch may be behind
   * @throws IOException when what was kept cannot be read
   */
  public ObjectStore(Path stateFolder, int historyLength) throws IOException {
    this.files = new ObjectFiles(stateFolder);
    this.historyLength = historyLength;
    revision = files.reservedRevision() + 1;
    reserved = revision;
    forgotten = revision;
    for (ResourceType type : ObjectFiles.types()) {
      Map<ObjectKey, ObjectNode> all =
          new TreeMap<>(Comparator.comparing(ObjectKey::namespace).thenComparing(ObjectKey::name));
      for (ObjectNode each : files.load(type)) {
        all.put(ObjectKey.of(type, each), each);
      }
      objects.put(type, all);
    }
  }

  /**
   * What a list answers.
   *
   * @param revision at which the list was true
   * @param items copies
   */
  public record Listing(long revision, List<ObjectNode> items) {}

  /** A copy of the object. */
  public synchronized Optional<ObjectNode> find(ObjectKey key) {
    return Optional.ofNullable(objects.get(key.type()).get(key)).map(ObjectNode::deepCopy);
  }

  /**
   * Copies of all that match.
   *
   * @param namespace empty for all
   */
  public synchronized Listing list(
      ResourceType type, String namespace, Predicate<ObjectNode> matching) {
    List<ObjectNode> items = new ArrayList<>();
    objects
        .get(type)
        .forEach(
            (key, object) -> {
              if ((namespace.isEmpty() || namespace.equals(key.namespace()))
                  && matching.test(object)) {
                items.add(object.deepCopy());
              }
            });
    return new Listing(revision, items);
  }

  public synchronized long revision() {
    return revision;
  }

  /** Keeps an object, new or changed, and gives it its resourceVersion. */
  synchronized ObjectNode put(ObjectKey key, ObjectNode object) {
    long next = nextRevision();
    ObjectNode kept = object.deepCopy();
    kept.withObject("/metadata").put("resourceVersion", Long.toString(next));
    files.write(key, kept);
    ObjectNode previous = objects.get(key.type()).put(key, kept);
    publish(
        new WatchEvent(
            previous == null ? Kind.ADDED : Kind.MODIFIED,
            key,
            kept,
            Optional.ofNullable(previous),
            next));
    return kept.deepCopy();
  }

  /** Removes an object; those who watch see it as it last was, with the revision of its end. */
  synchronized void remove(ObjectKey key) {
    files.delete(key);
    ObjectNode previous = objects.get(key.type()).remove(key);
    if (previous != null) {
      long next = nextRevision();
      ObjectNode last = previous.deepCopy();
      last.withObject("/metadata").put("resourceVersion", Long.toString(next));
      publish(new WatchEvent(Kind.DELETED, key, last, Optional.of(previous), next));
    }
  }

  private long nextRevision() {
    long next = revision + 1;
    if (next > reserved) {
      reserved = next + RESERVED;
      files.reserveRevision(reserved);
    }
    revision = next;
    return next;
  }

  private void publish(WatchEvent event) {
    history.addLast(event);
    while (history.size() > historyLength) {
      forgotten = history.removeFirst().revision();
    }
    subscriptions.forEach(each -> each.offer(event));
    listeners.forEach(Runnable::run);
  }

  /**
   * All changes of matching objects after a revision, and then those to come.
   *
   * @param namespace empty for all
   * @param since a revision that a list or an event told
   * @throws ApiFailure 410 when changes after it have been forgotten
   */
  public synchronized Subscription watch(
      ResourceType type, String namespace, Predicate<ObjectNode> matching, long since) {
    if (since < forgotten) {
      throw ApiFailure.expired("too old resource version: " + since + " (" + forgotten + ")");
    }
    Subscription subscription =
        new Subscription(
            event ->
                event.key().type().equals(type)
                        && (namespace.isEmpty() || namespace.equals(event.key().namespace()))
                    ? event.seenThrough(matching)
                    : Optional.empty(),
            subscriptions::remove);
    history.stream().filter(event -> event.revision() > since).forEach(subscription::offer);
    subscriptions.add(subscription);
    return subscription;
  }

  /** Forgets all history, as an API server does now and then: older watches cannot begin. */
  public synchronized void forgetHistory() {
    history.clear();
    forgotten = revision;
  }

  /** Tells open watches that they have missed something. */
  public void expireWatches() {
    subscriptions.forEach(Subscription::expire);
  }

  /** Runs at each change, under the store's lock: it may only wake somebody. */
  public void onChange(Runnable listener) {
    listeners.add(listener);
  }
}
