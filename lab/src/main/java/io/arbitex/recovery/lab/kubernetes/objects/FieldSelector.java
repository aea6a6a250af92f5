package io.arbitex.recovery.lab.kubernetes.objects;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/** Chooses objects by the few fields that an API server indexes for their kind. */
public final class FieldSelector implements Predicate<JsonNode> {
  private static final Set<String> EVERYWHERE = Set.of("metadata.name", "metadata.namespace");
  private static final Set<String> OF_PODS =
      Set.of(
          "spec.nodeName",
          "status.phase",
          "status.podIP",
          "spec.restartPolicy",
          "spec.schedulerName",
          "spec.serviceAccountName");
  private static final Set<String> OF_EVENTS =
      Set.of(
          "involvedObject.kind",
          "involvedObject.name",
          "involvedObject.namespace",
          "involvedObject.uid",
          "involvedObject.apiVersion",
          "involvedObject.fieldPath",
          "involvedObject.resourceVersion",
          "reason",
          "type");

  private record Requirement(String field, String value, boolean equal) {}

  private final List<Requirement> requirements;

  private FieldSelector(List<Requirement> requirements) {
    this.requirements = requirements;
  }

  /**
   * Reads {@code status.phase=Running,spec.nodeName!=a}.
   *
   * @param text null or blank takes everything
   * @throws ApiFailure 400 for a field that cannot be selected by
   */
  public static FieldSelector parse(ResourceType type, String text) {
    List<Requirement> requirements = new ArrayList<>();
    if (text != null && !text.isBlank()) {
      for (String part : text.split(",", -1)) {
        String[] sides = part.split("!=|==|=", 2);
        if (sides.length != 2) {
          throw ApiFailure.badRequest("invalid selector: '" + part + "'; can't understand it");
        }
        String field = sides[0].trim();
        if (!isSupported(type, field)) {
          throw ApiFailure.badRequest("field label not supported: " + field);
        }
        requirements.add(new Requirement(field, sides[1].trim(), !part.contains("!=")));
      }
    }
    return new FieldSelector(requirements);
  }

  private static boolean isSupported(ResourceType type, String field) {
    return EVERYWHERE.contains(field)
        || (type.equals(ResourceTypes.POD) && OF_PODS.contains(field))
        || (type.equals(ResourceTypes.EVENT) && OF_EVENTS.contains(field))
        || (type.equals(ResourceTypes.NODE) && field.equals("spec.unschedulable"))
        || (type.equals(ResourceTypes.NAMESPACE) && field.equals("status.phase"))
        || (type.equals(ResourceTypes.SECRET) && field.equals("type"));
  }

  @Override
  public boolean test(JsonNode object) {
    for (Requirement each : requirements) {
      String value = object.at("/" + each.field().replace('.', '/')).asText("");
      if (value.equals(each.value()) != each.equal()) {
        return false;
      }
    }
    return true;
  }
}
