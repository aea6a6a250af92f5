package io.arbitex.recovery.configuration;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The cluster that a platform's workloads run in.
 *
 * @param kubeconfig a kubeconfig file, read anew for each command, so that a rotated one counts
 * @param context of the kubeconfig; empty for its current one
 * @param namespace of the platform's workloads
 * @param writers all that write to the platform's database; a cutover stops them first and starts
 *     them on the new one
 * @param smoke commands in pods that the verifier runs
 */
public record Kubernetes(
    SecretReference kubeconfig,
    Optional<String> context,
    String namespace,
    List<Workload> writers,
    List<SmokeTest> smoke) {

  static Kubernetes of(Section section) {
    Kubernetes read =
        new Kubernetes(
            section.secret("kubeconfig"),
            section.optionalText("context"),
            section.text("namespace"),
            writers(section),
            smoke(section));
    section.close();
    return read;
  }

  private static List<Workload> writers(Section section) {
    List<Workload> writers = new ArrayList<>();
    for (String text : section.texts("writers")) {
      try {
        Workload writer = Workload.of(text);
        if (writers.contains(writer)) {
          section.problem("writers", "'" + text + "' is there twice");
        }
        writers.add(writer);
      } catch (IllegalArgumentException e) {
        section.problem("writers", e.getMessage());
      }
    }
    return List.copyOf(writers);
  }

  private static List<SmokeTest> smoke(Section section) {
    Set<String> names = new HashSet<>();
    List<SmokeTest> tests = section.sections("smoke").stream().map(SmokeTest::of).toList();
    for (SmokeTest test : tests) {
      if (!test.name().isEmpty() && !names.add(test.name())) {
        section.problem("smoke", "'" + test.name() + "' is there twice");
      }
    }
    return tests;
  }
}
