package io.arbitex.recovery.lab.kubernetes.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import io.arbitex.recovery.lab.kubernetes.store.ObjectStore;
import io.arbitex.recovery.lab.kubernetes.store.Subscription;
import io.arbitex.recovery.lab.kubernetes.store.WatchEvent;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** One watch, from its first event to its end, over whatever carries it. */
final class Watching {
  private static final Duration BOOKMARK_EVERY = Duration.ofSeconds(5);
  private static final Duration LOOK = Duration.ofMillis(200);

  /** Where events go, each a line of JSON. */
  interface Sink {
    void send(String line) throws IOException;
  }

  /**
   * What is watched.
   *
   * @param namespace empty for all
   * @param since where it begins; empty to begin with what there is
   * @param bookmarks whether the client wants to be told revisions at which nothing happened
   * @param initialEvents whether it wants to be told when what there was has been sent
   * @param limit after which it ends without an error
   */
  record Wanted(
      ResourceType type,
      String namespace,
      Predicate<ObjectNode> matching,
      Optional<Long> since,
      boolean bookmarks,
      boolean initialEvents,
      Duration limit) {}

  private final ObjectStore store;
  private final Wanted wanted;
  private final Sink sink;
  private final BooleanSupplier ended;

  Watching(ObjectStore store, Wanted wanted, Sink sink, BooleanSupplier ended) {
    this.store = store;
    this.wanted = wanted;
    this.sink = sink;
    this.ended = ended;
  }

  /** Runs until the client goes, the limit is over, or the client has missed something. */
  void run() throws IOException, InterruptedException {
    long since;
    try (Subscription subscription = begin()) {
      since = store.revision();
      long end = System.nanoTime() + wanted.limit().toNanos();
      long bookmark = System.nanoTime() + BOOKMARK_EVERY.toNanos();
      while (!ended.getAsBoolean() && System.nanoTime() < end) {
        Optional<WatchEvent> event = subscription.next(LOOK);
        if (event.isPresent()) {
          since = event.get().revision();
          sink.send(line(event.get().kind().name(), event.get().object()));
        } else if (subscription.isExpired()) {
          sink.send(gone());
          return;
        } else if (wanted.bookmarks() && System.nanoTime() > bookmark) {
          bookmark = System.nanoTime() + BOOKMARK_EVERY.toNanos();
          sink.send(line("BOOKMARK", bookmark(since)));
        }
      }
    } catch (ApiFailure e) {
      sink.send(line("ERROR", e.status()));
    }
  }

  private Subscription begin() throws IOException {
    if (wanted.since().isPresent()) {
      return store.watch(
          wanted.type(), wanted.namespace(), wanted.matching(), wanted.since().get());
    }
    ObjectStore.Listing now;
    Subscription subscription;
    synchronized (store) {
      now = store.list(wanted.type(), wanted.namespace(), wanted.matching());
      subscription =
          store.watch(wanted.type(), wanted.namespace(), wanted.matching(), now.revision());
    }
    try {
      for (ObjectNode each : now.items()) {
        sink.send(line("ADDED", each));
      }
      if (wanted.initialEvents()) {
        ObjectNode bookmark = bookmark(now.revision());
        bookmark
            .withObject("/metadata")
            .putObject("annotations")
            .put("k8s.io/initial-events-end", "true");
        sink.send(line("BOOKMARK", bookmark));
      }
    } catch (IOException e) {
      subscription.close();
      throw e;
    }
    return subscription;
  }

  /** The event that ends a watch whose client has missed something. */
  static String gone() {
    return line("ERROR", ApiFailure.expired("too old resource version").status());
  }

  private ObjectNode bookmark(long revision) {
    ObjectNode object =
        Meta.JSON
            .createObjectNode()
            .put("kind", wanted.type().kind())
            .put("apiVersion", wanted.type().apiVersion());
    object.putObject("metadata").put("resourceVersion", Long.toString(revision));
    return object;
  }

  private static String line(String kind, JsonNode object) {
    ObjectNode event = Meta.JSON.createObjectNode().put("type", kind);
    event.set("object", object);
    try {
      return Meta.JSON.writeValueAsString(event);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON that was read cannot be written", e);
    }
  }
}
