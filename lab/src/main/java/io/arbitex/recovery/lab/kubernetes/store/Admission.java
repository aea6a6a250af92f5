package io.arbitex.recovery.lab.kubernetes.store;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** What a new object is given, or refused for, in view of the other objects. */
final class Admission {
  static final String CLAIM_PROTECTION = "kubernetes.io/pvc-protection";
  static final String VOLUME_PROTECTION = "kubernetes.io/pv-protection";
  private static final String DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class";

  private final ObjectStore store;

  Admission(ObjectStore store) {
    this.store = store;
  }

  /**
   * Completes a new object.
   *
   * @throws ApiFailure 404 or 403 when its namespace is not there or going
   */
  void admit(ObjectKey key, ObjectNode object) {
    if (!key.namespace().isEmpty()) {
      ObjectKey namespace = ObjectKey.of(ResourceTypes.NAMESPACE, key.namespace());
      ObjectNode found = store.find(namespace).orElseThrow(() -> ApiFailure.notFound(namespace));
      if (Meta.isBeingDeleted(found)) {
        throw ApiFailure.forbidden(
            key,
            "unable to create new content in namespace "
                + key.namespace()
                + " because it is being terminated");
      }
    }
    switch (key.type().kind()) {
      case "PersistentVolumeClaim" -> {
        Meta.addFinalizer(object, CLAIM_PROTECTION);
        ObjectNode spec = object.withObject("/spec");
        if (!spec.hasNonNull("storageClassName")) {
          defaultClass().ifPresent(name -> spec.put("storageClassName", name));
        }
      }
      case "PersistentVolume" -> Meta.addFinalizer(object, VOLUME_PROTECTION);
      case "Pod" -> {
        ObjectNode spec = object.withObject("/spec");
        if (!spec.hasNonNull("serviceAccountName")) {
          spec.put("serviceAccountName", "default").put("serviceAccount", "default");
        }
        object.putObject("status").put("phase", "Pending").put("qosClass", "BestEffort");
      }
      case "Service" -> address(object.withObject("/spec"));
      default -> {
        // Nothing is added.
      }
    }
  }

  private Optional<String> defaultClass() {
    return store
        .list(
            ResourceTypes.STORAGE_CLASS,
            "",
            each ->
                each.path("metadata")
                    .path("annotations")
                    .path(DEFAULT_CLASS)
                    .asText()
                    .equals("true"))
        .items()
        .stream()
        .map(Meta::name)
        .findFirst();
  }

  private void address(ObjectNode spec) {
    if (spec.hasNonNull("clusterIP") || spec.path("type").asText().equals("ExternalName")) {
      return;
    }
    Set<String> taken =
        store.list(ResourceTypes.SERVICE, "", each -> true).items().stream()
            .map(each -> each.at("/spec/clusterIP").asText())
            .collect(Collectors.toSet());
    int last = 1;
    while (taken.contains("10.96.0." + last)) {
      last++;
    }
    String address = "10.96.0." + last;
    spec.put("clusterIP", address).putArray("clusterIPs").add(address);
  }

  /** Types of which an ordinary create keeps the status: who makes them reports it at once. */
  static boolean keepsStatus(ObjectKey key) {
    return List.of(ResourceTypes.NODE, ResourceTypes.EVENT).contains(key.type());
  }
}
