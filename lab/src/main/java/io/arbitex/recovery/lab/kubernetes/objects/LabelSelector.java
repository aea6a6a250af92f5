package io.arbitex.recovery.lab.kubernetes.objects;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Chooses objects by their labels: the text form of queries, and the JSON form of workloads. */
public final class LabelSelector implements Predicate<JsonNode> {
  private static final Pattern IN =
      Pattern.compile("\\s*([^\\s!=,()]+)\\s+(in|notin)\\s*\\(([^)]*)\\)\\s*");
  private static final Pattern EQUAL =
      Pattern.compile("\\s*([^\\s!=,()]+)\\s*(==|=|!=)\\s*([^\\s!=,()]*)\\s*");
  private static final Pattern EXISTS = Pattern.compile("\\s*(!?)\\s*([^\\s!=,()]+)\\s*");
  private static final Pattern OUTSIDE_OF_BRACKETS = Pattern.compile(",(?![^(]*\\))");

  /** Takes everything. */
  public static final LabelSelector ALL = new LabelSelector(List.of());

  /** Takes nothing. */
  public static final LabelSelector NONE = new LabelSelector(List.of(labels -> false));

  private final List<Predicate<JsonNode>> requirements;

  private LabelSelector(List<Predicate<JsonNode>> requirements) {
    this.requirements = requirements;
  }

  /**
   * Reads {@code a=b,c!=d,e in (f,g),h notin (i),j,!k}.
   *
   * @param text null or blank takes everything
   * @throws ApiFailure 400 for what is no selector
   */
  public static LabelSelector parse(String text) {
    if (text == null || text.isBlank()) {
      return ALL;
    }
    List<Predicate<JsonNode>> requirements = new ArrayList<>();
    for (String part : OUTSIDE_OF_BRACKETS.split(text, -1)) {
      requirements.add(requirement(part));
    }
    return new LabelSelector(requirements);
  }

  private static Predicate<JsonNode> requirement(String part) {
    Matcher in = IN.matcher(part);
    if (in.matches()) {
      Set<String> values =
          Arrays.stream(in.group(3).split(",", -1)).map(String::trim).collect(Collectors.toSet());
      return among(in.group(1), values, in.group(2).equals("in"));
    }
    Matcher equal = EQUAL.matcher(part);
    if (equal.matches()) {
      return among(equal.group(1), Set.of(equal.group(3)), !equal.group(2).equals("!="));
    }
    Matcher exists = EXISTS.matcher(part);
    if (exists.matches()) {
      boolean wanted = exists.group(1).isEmpty();
      return labels -> labels.has(exists.group(2)) == wanted;
    }
    throw ApiFailure.badRequest("unable to parse requirement: '" + part + "'");
  }

  /** As in Kubernetes, an object without the label is also "not among" the values. */
  private static Predicate<JsonNode> among(String key, Set<String> values, boolean wanted) {
    return labels -> (labels.has(key) && values.contains(labels.path(key).asText())) == wanted;
  }

  /** Of a workload's {@code spec.selector}; a missing one takes nothing. */
  public static LabelSelector of(JsonNode selector) {
    if (!selector.isObject()) {
      return NONE;
    }
    List<Predicate<JsonNode>> requirements = new ArrayList<>();
    selector
        .path("matchLabels")
        .properties()
        .forEach(
            label ->
                requirements.add(among(label.getKey(), Set.of(label.getValue().asText()), true)));
    for (JsonNode expression : selector.path("matchExpressions")) {
      Set<String> values =
          expression.path("values").valueStream().map(JsonNode::asText).collect(Collectors.toSet());
      String key = expression.path("key").asText();
      requirements.add(
          switch (expression.path("operator").asText()) {
            case "In" -> among(key, values, true);
            case "NotIn" -> among(key, values, false);
            case "Exists" -> labels -> labels.has(key);
            case "DoesNotExist" -> labels -> !labels.has(key);
            default -> labels -> false;
          });
    }
    return new LabelSelector(requirements);
  }

  @Override
  public boolean test(JsonNode object) {
    JsonNode labels = object.at("/metadata/labels");
    return requirements.stream().allMatch(each -> each.test(labels));
  }
}
