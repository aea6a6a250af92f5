package io.arbitex.recovery.lab.kubernetes.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The variables that a container's specification gives it. */
final class Variables {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\(([-._a-zA-Z][-._a-zA-Z0-9]*)\\)");
  private static final Pattern SUBSCRIPT =
      Pattern.compile("metadata\\.(labels|annotations)\\['([^']+)']");
  private static final String REASON = "CreateContainerConfigError";

  private final Registry registry;

  Variables(Registry registry) {
    this.registry = registry;
  }

  /**
   * @param podIp of the pod, which its status may not say yet
   * @throws CannotStart when a secret, a configuration map or a key in it is missing
   */
  Map<String, String> of(JsonNode pod, JsonNode container, String podIp) throws CannotStart {
    Map<String, String> all = new LinkedHashMap<>();
    for (JsonNode from : container.path("envFrom")) {
      boolean secret = from.has("secretRef");
      JsonNode reference = from.path(secret ? "secretRef" : "configMapRef");
      ResourceType type = secret ? ResourceTypes.SECRET : ResourceTypes.CONFIG_MAP;
      String prefix = from.path("prefix").asText("");
      entries(pod, type, reference)
          .forEach(
              (key, value) -> all.put(prefix + key, new String(value, StandardCharsets.UTF_8)));
    }
    for (JsonNode each : container.path("env")) {
      String name = each.path("name").asText();
      if (each.has("valueFrom")) {
        value(pod, each.path("valueFrom"), podIp).ifPresent(value -> all.put(name, value));
      } else {
        all.put(name, expand(each.path("value").asText(""), all));
      }
    }
    return all;
  }

  /** Puts variables in where the text says {@code $(NAME)}; what is unknown stays. */
  static String expand(String text, Map<String, String> variables) {
    return REFERENCE
        .matcher(text)
        .replaceAll(
            hit -> Matcher.quoteReplacement(variables.getOrDefault(hit.group(1), hit.group())));
  }

  private Optional<String> value(JsonNode pod, JsonNode from, String podIp) throws CannotStart {
    if (from.has("fieldRef")) {
      return Optional.of(field(pod, from.at("/fieldRef/fieldPath").asText(), podIp));
    }
    boolean secret = from.has("secretKeyRef");
    if (!secret && !from.has("configMapKeyRef")) {
      throw new CannotStart(REASON, "the lab has no such source of a variable: " + from);
    }
    JsonNode reference = from.path(secret ? "secretKeyRef" : "configMapKeyRef");
    ResourceType type = secret ? ResourceTypes.SECRET : ResourceTypes.CONFIG_MAP;
    byte[] value = entries(pod, type, reference).get(reference.path("key").asText());
    if (value == null) {
      if (reference.path("optional").asBoolean()) {
        return Optional.empty();
      }
      throw new CannotStart(
          REASON,
          "couldn't find key "
              + reference.path("key").asText()
              + " in "
              + type.kind()
              + " "
              + Meta.namespace(pod)
              + "/"
              + reference.path("name").asText());
    }
    return Optional.of(new String(value, StandardCharsets.UTF_8));
  }

  private Map<String, byte[]> entries(JsonNode pod, ResourceType type, JsonNode reference)
      throws CannotStart {
    String name = reference.path("name").asText();
    Optional<ObjectNode> object = registry.find(new ObjectKey(type, Meta.namespace(pod), name));
    if (object.isEmpty() && !reference.path("optional").asBoolean()) {
      throw new CannotStart(REASON, type.singular() + " \"" + name + "\" not found");
    }
    return object.map(each -> VolumeFolders.data(type, each)).orElse(Map.of());
  }

  private static String field(JsonNode pod, String path, String podIp) {
    Matcher subscript = SUBSCRIPT.matcher(path);
    if (subscript.matches()) {
      return pod.path("metadata").path(subscript.group(1)).path(subscript.group(2)).asText("");
    }
    return switch (path) {
      case "status.podIP", "status.podIPs" -> podIp;
      case "status.hostIP", "status.hostIPs" -> "127.0.0.1";
      default -> pod.at("/" + path.replace('.', '/')).asText("");
    };
  }
}
