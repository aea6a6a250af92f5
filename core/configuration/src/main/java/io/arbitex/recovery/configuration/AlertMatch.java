package io.arbitex.recovery.configuration;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Which alerts are about a component, and what they say of it. All that is given must match;
 * nothing is guessed. Case does not matter (Azure sends resource ids in lower case).
 *
 * @param resource id of the resource, or the id of something it is a part of
 * @param labels labels of Prometheus, or of another sender its fields, with their values
 * @param rule name of the rule that fired
 * @param degraded it means DEGRADED; else DOWN
 * @param symptom what is wrong, one of the symptoms that the policy knows
 */
public record AlertMatch(
    Optional<String> resource,
    Map<String, String> labels,
    Optional<String> rule,
    boolean degraded,
    String symptom) {

  /** What an alert can say is wrong. */
  public enum AlertSymptom {
    UNREACHABLE,
    HUNG,
    DATA_MISSING,
    CORRUPT,
    DISK_FULL,
    READ_ONLY,
    TOO_MANY_CONNECTIONS,
    UNCLASSIFIED
  }

  /** What alerts say of where they come from, in the same form for all senders. */
  public record Origin(List<String> resources, Map<String, String> labels, String rule) {}

  /** Whether an alert from there is meant. */
  public boolean matches(Origin origin) {
    return resource
            .map(id -> origin.resources().stream().anyMatch(each -> within(each, id)))
            .orElse(true)
        && labels.entrySet().stream().allMatch(each -> hasLabel(origin, each))
        && rule.map(name -> name.equalsIgnoreCase(origin.rule())).orElse(true);
  }

  private static boolean within(String id, String of) {
    String lower = trimmed(id);
    String outer = trimmed(of);
    return lower.equals(outer) || lower.startsWith(outer + "/");
  }

  private static String trimmed(String id) {
    return id.toLowerCase(Locale.ROOT).replaceAll("/+$", "");
  }

  private static boolean hasLabel(Origin origin, Map.Entry<String, String> wanted) {
    return origin.labels().entrySet().stream()
        .anyMatch(
            label ->
                label.getKey().equalsIgnoreCase(wanted.getKey())
                    && label.getValue().equalsIgnoreCase(wanted.getValue()));
  }

  static AlertMatch of(Section section) {
    Map<String, String> labels = new LinkedHashMap<>();
    Section given = section.section("labels");
    given.names().forEach(name -> labels.put(name, given.text(name)));
    given.close();
    boolean degraded =
        section.one("status", AlertStatus.class, AlertStatus.DOWN) == AlertStatus.DEGRADED;
    AlertMatch match =
        new AlertMatch(
            section.optionalText("resource"),
            labels,
            section.optionalText("rule"),
            degraded,
            section
                .one(
                    "symptom",
                    AlertSymptom.class,
                    degraded ? AlertSymptom.UNCLASSIFIED : AlertSymptom.UNREACHABLE)
                .name());
    if (match.resource().isEmpty() && labels.isEmpty() && match.rule().isEmpty()) {
      section.problem("resource", "one of resource, labels, rule must be given");
    }
    section.close();
    return match;
  }

  private enum AlertStatus {
    DOWN,
    DEGRADED
  }
}
