package io.arbitex.recovery.lab.kubernetes.api;

import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceType;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a path means.
 *
 * @param namespace empty for all namespaces, and for what belongs to the whole cluster
 * @param name empty for the whole collection
 * @param subresource {@code status}, {@code scale}, {@code log}, {@code exec} …; empty for none
 */
record RequestTarget(ResourceType type, String namespace, String name, String subresource) {

  /** The meaning of a decoded path; empty for one that names no resources. */
  static Optional<RequestTarget> of(String path) {
    List<String> parts = new ArrayList<>(List.of(path.substring(1).split("/", -1)));
    String apiVersion;
    if (parts.size() >= 3 && parts.get(0).equals("api")) {
      apiVersion = parts.get(1);
      parts = parts.subList(2, parts.size());
    } else if (parts.size() >= 4 && parts.get(0).equals("apis")) {
      apiVersion = parts.get(1) + "/" + parts.get(2);
      parts = parts.subList(3, parts.size());
    } else {
      return Optional.empty();
    }
    String namespace = "";
    boolean inNamespace =
        parts.size() >= 3
            && parts.get(0).equals("namespaces")
            && !List.of("status", "finalize").contains(parts.get(2));
    if (inNamespace) {
      namespace = parts.get(1);
      parts = parts.subList(2, parts.size());
    }
    if (parts.size() > 3) {
      return Optional.empty();
    }
    String in = namespace;
    String name = parts.size() > 1 ? parts.get(1) : "";
    String subresource = parts.size() > 2 ? parts.get(2) : "";
    return ResourceTypes.find(apiVersion, parts.get(0))
        .filter(type -> type.namespaced() || in.isEmpty())
        .map(type -> new RequestTarget(type, in, name, subresource));
  }

  ObjectKey key() {
    return new ObjectKey(type, namespace, name);
  }

  /** {@code pods} or {@code pods/exec}, as roles name it. */
  String resource() {
    return subresource.isEmpty() ? type.plural() : type.plural() + "/" + subresource;
  }
}
