package io.arbitex.recovery.benchmarks;

import java.util.List;

/** Seconds of several runs, of which the middle one is told. */
record Pairs(String name, List<Double> seconds) {

  double median() {
    List<Double> sorted = seconds.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** Its median beside that of {@code plain}. */
  String row(Pairs plain) {
    return "%-34s %8.2f s  %6.2f × %s   all: %s"
        .formatted(
            name,
            median(),
            median() / plain.median(),
            plain.name(),
            seconds.stream().map("%.2f"::formatted).toList());
  }
}
