package io.arbitex.recovery.verifier;

import io.arbitex.recovery.checks.RestorePointManifest;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.TopicView;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Keys;
import io.arbitex.recovery.schemas.Topic;
import io.arbitex.recovery.schemas.UndecodableRecord;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Restore points by id: from {@code recovery.backups}, else from the manifests beside the dumps.
 */
final class RestorePoints implements AutoCloseable {
  private final Map<String, RestorePoint> known = new ConcurrentHashMap<>();
  private final TopicView<RestorePoint> view;

  RestorePoints(KafkaClients clients, Framing framing) {
    view =
        new TopicView<>(
            clients,
            framing,
            Topic.BACKUPS,
            RestorePoint.class,
            this::take,
            // The manifest beside the dump says the same.
            (key, why) -> {
              if (key != null) {
                known.remove(key);
              }
            });
  }

  private void take(String key, RestorePoint point) {
    if (point == null) {
      known.remove(key);
    } else if (Keys.of(point.getPlatform(), point.getId()).equals(key)) {
      known.put(key, point);
    } else {
      // Else a restore would be held against the baseline of another one.
      throw new UndecodableRecord(
          "restore point " + point.getPlatform() + "/" + point.getId() + " under " + key);
    }
  }

  Optional<String> sick() {
    return view.sick();
  }

  long passedOver() {
    return view.passedOver();
  }

  Optional<RestorePoint> find(String platform, List<Path> folders, String id) {
    Optional<RestorePoint> onTopic =
        Optional.ofNullable(known.get(Keys.of(platform, id)))
            .filter(point -> point.getBaseline() != null);
    return onTopic.or(
        () ->
            RestorePointManifest.list(folders).restorePoints().stream()
                .map(RestorePointManifest.Found::point)
                .filter(point -> point.getId().equals(id) && point.getPlatform().equals(platform))
                .findFirst());
  }

  @Override
  public void close() {
    view.close();
  }
}
