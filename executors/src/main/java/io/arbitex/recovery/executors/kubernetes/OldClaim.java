package io.arbitex.recovery.executors.kubernetes;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import java.util.LinkedHashMap;
import java.util.Map;

/** A claim as it was, so that it can be made again: without what only that one object had. */
public final class OldClaim {
  private static final String OF_KUBERNETES = "kubernetes.io/";

  private OldClaim() {}

  /** As JSON. */
  public static String text(PersistentVolumeClaim claim) {
    Map<String, String> notes = new LinkedHashMap<>();
    if (claim.getMetadata().getAnnotations() != null) {
      claim.getMetadata().getAnnotations().entrySet().stream()
          // Of the binding, which is made anew.
          .filter(each -> !each.getKey().contains(OF_KUBERNETES))
          .filter(each -> !each.getKey().startsWith("recovery.arbitex.io/"))
          .forEach(each -> notes.put(each.getKey(), each.getValue()));
    }
    return new KubernetesSerialization()
        .asJson(
            new PersistentVolumeClaimBuilder()
                .withNewMetadata()
                .withName(claim.getMetadata().getName())
                .withLabels(claim.getMetadata().getLabels())
                .withAnnotations(notes)
                .endMetadata()
                .withSpec(claim.getSpec())
                .build());
  }

  public static PersistentVolumeClaim parse(String text) {
    return new KubernetesSerialization().unmarshal(text, PersistentVolumeClaim.class);
  }
}
