package io.arbitex.recovery.schemas;

import io.arbitex.recovery.record.Fact;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Named values, in the order in which they were found; a later value replaces an earlier one. */
public final class Facts {
  private Facts() {}

  public static Optional<String> find(List<Fact> facts, String name) {
    for (int i = facts.size() - 1; i >= 0; i--) {
      if (facts.get(i).getName().equals(name)) {
        return Optional.of(facts.get(i).getValue());
      }
    }
    return Optional.empty();
  }

  public static Map<String, String> toMap(List<Fact> facts) {
    Map<String, String> map = new LinkedHashMap<>();
    facts.forEach(fact -> map.put(fact.getName(), fact.getValue()));
    return map;
  }

  public static List<Fact> of(Map<String, String> map) {
    List<Fact> facts = new ArrayList<>();
    map.forEach((name, value) -> facts.add(new Fact(name, value)));
    return facts;
  }

  /** {@code base} with {@code more} laid over it. */
  public static List<Fact> merge(List<Fact> base, List<Fact> more) {
    Map<String, String> map = toMap(base);
    more.forEach(fact -> map.put(fact.getName(), fact.getValue()));
    return of(map);
  }
}
