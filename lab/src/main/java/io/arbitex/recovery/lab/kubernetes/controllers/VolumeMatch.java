package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.kubernetes.objects.LabelSelector;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which volume fits a claim. A plain function of both. */
final class VolumeMatch {
  private static final Pattern QUANTITY = Pattern.compile("([0-9.]+)([A-Za-z]*)");
  private static final Map<String, BigDecimal> UNITS =
      Map.of(
          "", BigDecimal.ONE,
          "k", BigDecimal.TEN.pow(3),
          "M", BigDecimal.TEN.pow(6),
          "G", BigDecimal.TEN.pow(9),
          "T", BigDecimal.TEN.pow(12),
          "Ki", BigDecimal.valueOf(1L << 10),
          "Mi", BigDecimal.valueOf(1L << 20),
          "Gi", BigDecimal.valueOf(1L << 30),
          "Ti", BigDecimal.valueOf(1L << 40));

  private VolumeMatch() {}

  /** The volume for a claim that is not bound: one meant for it, else the smallest that fits. */
  static Optional<? extends JsonNode> find(JsonNode claim, List<? extends JsonNode> volumes) {
    String wanted = claim.at("/spec/volumeName").asText("");
    if (!wanted.isEmpty()) {
      return volumes.stream()
          .filter(volume -> Meta.name(volume).equals(wanted))
          .filter(volume -> isFreeFor(volume, claim))
          .findFirst();
    }
    Optional<? extends JsonNode> meant =
        volumes.stream()
            .filter(volume -> volume.at("/spec/claimRef").isObject())
            .filter(volume -> isFreeFor(volume, claim))
            .findFirst();
    if (meant.isPresent()) {
      return meant;
    }
    return volumes.stream()
        .filter(volume -> !volume.at("/spec/claimRef").isObject())
        .filter(volume -> isFreeFor(volume, claim))
        .filter(volume -> fits(volume, claim))
        .min(Comparator.comparing(volume -> bytes(volume.at("/spec/capacity/storage").asText())));
  }

  /**
   * Whether it belongs to nobody, or to this very claim. A Released one belongs to a dead claim.
   */
  static boolean isFreeFor(JsonNode volume, JsonNode claim) {
    JsonNode owner = volume.at("/spec/claimRef");
    if (Meta.isBeingDeleted(volume)) {
      return false;
    }
    if (!owner.isObject()) {
      return true;
    }
    String uid = owner.path("uid").asText("");
    return owner.path("name").asText().equals(Meta.name(claim))
        && owner.path("namespace").asText().equals(Meta.namespace(claim))
        && (uid.isEmpty() || uid.equals(Meta.uid(claim)));
  }

  private static boolean fits(JsonNode volume, JsonNode claim) {
    if (!Claims.className(volume).equals(Claims.className(claim))) {
      return false;
    }
    JsonNode selector = claim.at("/spec/selector");
    if (selector.isObject() && !LabelSelector.of(selector).test(volume)) {
      return false;
    }
    for (JsonNode mode : claim.at("/spec/accessModes")) {
      if (volume.at("/spec/accessModes").valueStream().noneMatch(mode::equals)) {
        return false;
      }
    }
    return bytes(volume.at("/spec/capacity/storage").asText())
            .compareTo(bytes(claim.at("/spec/resources/requests/storage").asText()))
        >= 0;
  }

  /** The value of a quantity such as {@code 5Gi}; 0 for what is none. */
  static BigDecimal bytes(String quantity) {
    Matcher parts = QUANTITY.matcher(quantity);
    if (!parts.matches() || !UNITS.containsKey(parts.group(2))) {
      return BigDecimal.ZERO;
    }
    return new BigDecimal(parts.group(1)).multiply(UNITS.get(parts.group(2)));
  }
}
