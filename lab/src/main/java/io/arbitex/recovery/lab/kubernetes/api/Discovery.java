package io.arbitex.recovery.lab.kubernetes.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Tells clients which kinds there are. */
final class Discovery {
  private static final List<String> VERBS =
      List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");

  private Discovery() {}

  /** The answer for a path; empty when it is not one of discovery. */
  static Optional<ObjectNode> answer(String path) {
    return switch (path) {
      case "/version", "/version/" -> Optional.of(version());
      case "/api", "/api/" -> {
        ObjectNode answer = kind("APIVersions");
        answer.putArray("versions").add("v1");
        yield Optional.of(answer);
      }
      case "/apis", "/apis/" -> Optional.of(groups());
      default -> {
        String apiVersion = path.replaceFirst("^/apis?/", "").replaceFirst("/$", "");
        boolean core = path.startsWith("/api/");
        yield apiVersions().contains(apiVersion) && core == !apiVersion.contains("/")
            ? Optional.of(resources(apiVersion))
            : group(apiVersion);
      }
    };
  }

  /** Of what is stored, and of what is only answered. */
  private static List<String> apiVersions() {
    List<String> all = new ArrayList<>(ResourceTypes.apiVersions());
    all.add(AccessReviews.TYPE.apiVersion());
    return all;
  }

  private static ObjectNode version() {
    return Meta.JSON
        .createObjectNode()
        .put("major", "1")
        .put("minor", "32")
        .put("gitVersion", "v1.32.0-lab")
        .put("gitCommit", "lab")
        .put("gitTreeState", "clean")
        .put("platform", "linux/amd64");
  }

  private static ObjectNode groups() {
    ObjectNode answer = kind("APIGroupList");
    ArrayNode groups = answer.putArray("groups");
    apiVersions().stream()
        .filter(each -> each.contains("/"))
        .forEach(each -> describe(groups.addObject(), each));
    return answer;
  }

  private static Optional<ObjectNode> group(String name) {
    return apiVersions().stream()
        .filter(each -> each.startsWith(name + "/"))
        .findFirst()
        .map(each -> describe(kind("APIGroup"), each));
  }

  private static ObjectNode describe(ObjectNode group, String apiVersion) {
    String[] parts = apiVersion.split("/", 2);
    group.put("name", parts[0]);
    group.putArray("versions").addObject().put("groupVersion", apiVersion).put("version", parts[1]);
    group.putObject("preferredVersion").put("groupVersion", apiVersion).put("version", parts[1]);
    return group;
  }

  private static ObjectNode resources(String apiVersion) {
    ObjectNode answer = kind("APIResourceList").put("groupVersion", apiVersion);
    ArrayNode resources = answer.putArray("resources");
    for (ResourceType type : ResourceTypes.BUILT_IN) {
      if (!type.apiVersion().equals(apiVersion)) {
        continue;
      }
      ObjectNode resource = resource(resources, type, "", type.kind(), VERBS);
      ArrayNode shortNames = resource.putArray("shortNames");
      type.shortNames().forEach(shortNames::add);
      if (List.of("Pod", "Service", "Deployment", "ReplicaSet", "StatefulSet", "Job", "CronJob")
          .contains(type.kind())) {
        resource.putArray("categories").add("all");
      }
      if (type.hasStatus()) {
        resource(resources, type, "/status", type.kind(), List.of("get", "patch", "update"));
      }
      if (type.hasScale()) {
        resource(resources, type, "/scale", "Scale", List.of("get", "patch", "update"))
            .put("group", "autoscaling")
            .put("version", "v1");
      }
    }
    if (apiVersion.equals(AccessReviews.TYPE.apiVersion())) {
      ResourceType review = AccessReviews.TYPE;
      resource(resources, review, "", review.kind(), List.of("create"));
    }
    if (apiVersion.equals("v1")) {
      resource(resources, ResourceTypes.POD, "/log", "Pod", List.of("get"));
      resource(resources, ResourceTypes.POD, "/exec", "PodExecOptions", List.of("create", "get"));
      resource(resources, ResourceTypes.POD, "/eviction", "Eviction", List.of("create"))
          .put("group", "policy")
          .put("version", "v1");
    }
    return answer;
  }

  private static ObjectNode resource(
      ArrayNode resources, ResourceType type, String subresource, String kind, List<String> can) {
    ObjectNode resource =
        resources
            .addObject()
            .put("name", type.plural() + subresource)
            .put("singularName", subresource.isEmpty() ? type.singular() : "")
            .put("namespaced", type.namespaced())
            .put("kind", kind);
    ArrayNode verbs = resource.putArray("verbs");
    can.forEach(verbs::add);
    return resource;
  }

  private static ObjectNode kind(String kind) {
    return Meta.JSON.createObjectNode().put("kind", kind).put("apiVersion", "v1");
  }
}
