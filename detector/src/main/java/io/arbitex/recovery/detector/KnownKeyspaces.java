package io.arbitex.recovery.detector;

import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.TopicView;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Keys;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.UndecodableRecord;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How many keys a Redis had at its newest restore point: what an observer that has just started
 * holds the server against.
 */
final class KnownKeyspaces implements AutoCloseable {
  private final Map<String, RestorePoint> points = new ConcurrentHashMap<>();
  private final TopicView<RestorePoint> view;

  KnownKeyspaces(KafkaClients clients, Framing framing) {
    view =
        new TopicView<>(
            clients,
            framing,
            Topic.BACKUPS,
            RestorePoint.class,
            this::take,
            // Whatever the key stood for is not known any more.
            (key, why) -> {
              if (key != null) {
                points.remove(key);
              }
            });
  }

  private void take(String key, RestorePoint point) {
    if (point == null || point.getKind() != RestorePointKind.RDB) {
      points.remove(key);
    } else if (Keys.of(point.getPlatform(), point.getId()).equals(key)) {
      points.put(key, point);
    } else {
      throw new UndecodableRecord(
          "restore point " + point.getPlatform() + "/" + point.getId() + " under " + key);
    }
  }

  /**
   * Waits until every restore point that was there at the start is known.
   *
   * @throws InterruptedException when interrupted meanwhile
   */
  void awaitCaughtUp() throws InterruptedException {
    view.awaitCaughtUp();
  }

  Optional<String> sick() {
    return view.sick();
  }

  long passedOver() {
    return view.passedOver();
  }

  /** The newest one's; empty when there is none with a baseline. */
  Optional<KeyspaceMemory.Known> newest(String platform, String component) {
    return points.values().stream()
        .filter(point -> point.getPlatform().equals(platform))
        .filter(point -> point.getComponent().equals(component))
        .filter(point -> point.getState() == RestorePointState.AVAILABLE)
        .filter(point -> point.getBaseline() != null)
        .max(Comparator.comparing(RestorePoint::getTakenAt))
        .map(
            point ->
                new KeyspaceMemory.Known(
                    point.getBaseline().getCounts().stream()
                        .mapToLong(each -> each.getRows())
                        .sum(),
                    point.getTakenAt()));
  }

  @Override
  public void close() {
    view.close();
  }
}
