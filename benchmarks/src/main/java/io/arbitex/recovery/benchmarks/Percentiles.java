package io.arbitex.recovery.benchmarks;

import java.util.List;

/** Percentiles of measured times, in milliseconds. */
record Percentiles(int count, double p50, double p95, double p99, double max) {

  static Percentiles of(List<Long> nanos) {
    List<Long> sorted = nanos.stream().sorted().toList();
    return new Percentiles(
        sorted.size(), at(sorted, 0.50), at(sorted, 0.95), at(sorted, 0.99), at(sorted, 1));
  }

  private static double at(List<Long> sorted, double share) {
    int index = (int) Math.ceil(share * sorted.size()) - 1;
    return sorted.get(Math.max(0, index)) / 1e6;
  }

  String row(String name) {
    return "%-34s %6d %8.1f %8.1f %8.1f %8.1f".formatted(name, count, p50, p95, p99, max);
  }

  static String header() {
    return "%-34s %6s %8s %8s %8s %8s".formatted("ms", "n", "p50", "p95", "p99", "max");
  }
}
