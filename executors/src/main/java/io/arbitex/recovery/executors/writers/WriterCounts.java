package io.arbitex.recovery.executors.writers;

import io.arbitex.recovery.engine.ActionFailure;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How many replicas each writer had, as it stands in the journal: {@code KIND/NAME=N,…}. */
record WriterCounts(Map<String, Integer> byWriter) {

  WriterCounts {
    byWriter = new LinkedHashMap<>(byWriter);
  }

  /** As they are: the wanted number, or the noted one of a writer that a recovery stopped. */
  static WriterCounts of(List<Writer> writers) throws ActionFailure, InterruptedException {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (Writer writer : writers) {
      GenericKubernetesResource read = writer.object().read();
      int wanted = writer.wanted(read);
      counts.put(writer.name(), wanted > 0 ? wanted : Writer.noted(read).orElse(0));
    }
    return new WriterCounts(counts);
  }

  String text() {
    return byWriter.entrySet().stream()
        .map(each -> each.getKey() + "=" + each.getValue())
        .collect(Collectors.joining(","));
  }

  /** Reads what {@link #text} wrote. */
  static WriterCounts parse(String text) {
    Map<String, Integer> read = new LinkedHashMap<>();
    Arrays.stream(text.split(",", -1))
        .map(each -> each.split("=", 2))
        .forEach(each -> read.put(each[0], Integer.parseInt(each[1])));
    return new WriterCounts(read);
  }

  /** The number of one; 0 for one that was not there. */
  int of(String writer) {
    return byWriter.getOrDefault(writer, 0);
  }
}
