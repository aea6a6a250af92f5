package io.arbitex.recovery.lab.kubernetes.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import java.util.Optional;

/**
 * Just enough of OpenAPI that {@code kubectl apply} works as it is: version 3 says that the server
 * checks fields itself, so that kubectl leaves it to it; version 2 is a document without
 * definitions, with which old kubectls check nothing.
 */
final class OpenApi {
  private static final String ROOT = "/openapi/v3";

  private OpenApi() {}

  /** The answer for a path of version 3; empty when there is none. */
  static Optional<ObjectNode> answer(String path) {
    if (path.equals(ROOT) || path.equals(ROOT + "/")) {
      ObjectNode answer = Meta.JSON.createObjectNode();
      ObjectNode paths = answer.putObject("paths");
      ResourceTypes.apiVersions()
          .forEach(
              each ->
                  paths
                      .putObject(prefix(each))
                      .put("serverRelativeURL", ROOT + "/" + prefix(each)));
      return Optional.of(answer);
    }
    return ResourceTypes.apiVersions().stream()
        .filter(each -> path.equals(ROOT + "/" + prefix(each)))
        .findFirst()
        .map(OpenApi::document);
  }

  private static String prefix(String apiVersion) {
    return (apiVersion.contains("/") ? "apis/" : "api/") + apiVersion;
  }

  private static ObjectNode document(String apiVersion) {
    ObjectNode document = Meta.JSON.createObjectNode().put("openapi", "3.0.0");
    document.putObject("info").put("title", "Kubernetes").put("version", "v1.32.0-lab");
    ObjectNode paths = document.putObject("paths");
    for (ResourceType type : ResourceTypes.BUILT_IN) {
      if (type.apiVersion().equals(apiVersion)) {
        String collection =
            "/"
                + prefix(apiVersion)
                + (type.namespaced() ? "/namespaces/{namespace}/" : "/")
                + type.plural();
        operation(paths.putObject(collection), "post", type);
        ObjectNode one = paths.putObject(collection + "/{name}");
        operation(one, "patch", type);
        operation(one, "put", type);
      }
    }
    document.putObject("components").putObject("schemas");
    return document;
  }

  private static void operation(ObjectNode path, String verb, ResourceType type) {
    ObjectNode operation = path.putObject(verb);
    for (String parameter : new String[] {"dryRun", "fieldManager", "fieldValidation"}) {
      operation
          .withArray("/parameters")
          .addObject()
          .put("name", parameter)
          .put("in", "query")
          .putObject("schema")
          .put("type", "string");
    }
    operation
        .putObject("x-kubernetes-group-version-kind")
        .put("group", type.group())
        .put("version", type.version())
        .put("kind", type.kind());
  }
}
