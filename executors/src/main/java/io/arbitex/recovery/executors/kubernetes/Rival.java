package io.arbitex.recovery.executors.kubernetes;

import java.util.Map;

/**
 * Somebody who would undo a scale-down, and the annotation that makes them pause.
 *
 * @param kind of the object that is theirs
 */
public record Rival(ObjectKind kind, String namespace, String name) {
  private static final Map<ObjectKind, String> PAUSE =
      Map.of(
          // Not paused-replicas: it would hold the workload at its number when it is started again.
          ObjectKind.SCALED_OBJECT, ScaleRivals.KEDA_PAUSED,
          ObjectKind.ARGO_APPLICATION, GitOps.ARGO_SKIP);
  private static final String SEPARATOR = "/";

  /** The value of the annotation that pauses. */
  static final String PAUSED = "true";

  /** The annotation on their object that pauses them. */
  String annotation() {
    return PAUSE.get(kind);
  }

  OwnedObject object(ClusterSession session) {
    return new OwnedObject(session, kind, namespace, name);
  }

  /** For the journal; {@link #parse} reads it. */
  @Override
  public String toString() {
    return kind + SEPARATOR + namespace + SEPARATOR + name;
  }

  /** Reads what {@link #toString} wrote. */
  public static Rival parse(String text) {
    String[] parts = text.split(SEPARATOR, 3);
    return new Rival(ObjectKind.valueOf(parts[0]), parts[1], parts[2]);
  }
}
