package io.arbitex.recovery.lab.azure.protection.contents;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * What a recovery point holds.
 *
 * @param namespaces as objects, those in which something was taken
 * @param objects without what belongs to their cluster, in the order in which they are restored
 * @param volumes of claims by {@link #place}; none of claims whose volume was not taken
 */
public record Contents(
    List<ObjectNode> namespaces, List<ObjectNode> objects, Map<String, VolumeCopy> volumes) {

  public Contents {
    namespaces = List.copyOf(namespaces);
    objects = List.copyOf(objects);
    volumes = Map.copyOf(volumes);
  }

  /** Kind, namespace and name. */
  public static String place(JsonNode object) {
    String namespace = object.at("/metadata/namespace").asText("");
    return object.path("kind").asText()
        + " "
        + (namespace.isEmpty() ? "" : namespace + "/")
        + object.at("/metadata/name").asText();
  }

  /**
   * The snapshot of a claim's volume.
   *
   * @param snapshot its name
   * @param volume the persistent volume as it was
   */
  public record VolumeCopy(String snapshot, ObjectNode volume) {}
}
