package io.arbitex.recovery.backup;

import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.Publisher;
import io.arbitex.recovery.runtime.TopicView;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Keys;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.UndecodableRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What {@code recovery.backups} says, and the way to say more. */
final class PublishedPoints implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(PublishedPoints.class);

  private final Publisher publisher;
  private final TopicView<RestorePoint> view;
  private final Map<String, RestorePoint> known = new ConcurrentHashMap<>();

  PublishedPoints(KafkaClients clients, Framing framing) {
    publisher = new Publisher(clients, framing, "restore-points");
    view =
        new TopicView<>(
            clients, framing, Topic.BACKUPS, RestorePoint.class, this::take, this::forget);
  }

  void awaitCaughtUp() throws InterruptedException {
    view.awaitCaughtUp();
  }

  private void take(String key, RestorePoint point) {
    if (point == null) {
      known.remove(key);
    } else if (Keys.of(point.getPlatform(), point.getId()).equals(key)) {
      known.put(key, point);
    } else {
      throw new UndecodableRecord(
          "restore point " + point.getPlatform() + "/" + point.getId() + " under " + key);
    }
  }

  /** What was damaged on the topic is told again when folders and topic are next compared. */
  private void forget(String key, String why) {
    if (key != null) {
      known.remove(key);
    }
  }

  Optional<String> sick() {
    return view.sick();
  }

  long passedOver() {
    return view.passedOver();
  }

  /** The last word on each restore point of a component. */
  List<RestorePoint> of(String platform, String component) {
    return known.values().stream()
        .filter(point -> point.getPlatform().equals(platform))
        .filter(point -> point.getComponent().equals(component))
        .toList();
  }

  /**
   * Returns when it is known to all. A failure is logged only: the dump is what counts, and it is
   * told again when folders and topic are next compared.
   */
  void publish(RestorePoint point) {
    String key = Keys.of(point.getPlatform(), point.getId());
    try {
      publisher.publish(Topic.BACKUPS, key, point).join();
      known.put(key, point);
    } catch (CompletionException e) {
      log.error("restore point {} cannot be published", point.getId(), e.getCause());
    }
  }

  @Override
  public void close() {
    view.close();
    publisher.close();
  }
}
