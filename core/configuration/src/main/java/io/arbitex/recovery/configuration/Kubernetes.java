package io.arbitex.recovery.configuration;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The cluster that a platform's workloads run in.
 *
 * @param kubeconfig a kubeconfig file, read anew for each command, so that a rotated one counts; it
 *     leads to the cluster that is there until {@code recovery.bindings} says otherwise
 * @param context of that kubeconfig; empty for its current one
 * @param namespace of the platform's workloads
 * @param writers all that write to the platform's database; a cutover stops them first and starts
 *     them on the new one
 * @param smoke commands in pods that the verifier runs
 * @param bound how the cluster is reached that the platform is bound to instead; empty while that
 *     is the inventory's own
 */
public record Kubernetes(
    SecretReference kubeconfig,
    Optional<String> context,
    String namespace,
    List<Workload> writers,
    List<SmokeTest> smoke,
    Optional<Kubeconfig> bound) {

  static Kubernetes of(Section section) {
    Kubernetes read =
        new Kubernetes(
            section.secret("kubeconfig"),
            section.optionalText("context"),
            section.text("namespace"),
            writers(section),
            smoke(section),
            Optional.empty());
    section.close();
    return read;
  }

  /** The same workloads, in another cluster. */
  public Kubernetes boundTo(Kubeconfig another) {
    return new Kubernetes(kubeconfig, context, namespace, writers, smoke, Optional.of(another));
  }

  /**
   * The content of the kubeconfig that counts now; a secret.
   *
   * @throws NoSuchCluster when the cluster is gone, as far as it is not the inventory's own
   * @throws IOException when it cannot be had; never with the content
   */
  public String content() throws IOException {
    return bound.isPresent() ? bound.get().content() : kubeconfig.resolve();
  }

  /** Where the kubeconfig comes from that counts now, for messages. */
  public String place() {
    return bound.map(Kubeconfig::toString).orElseGet(kubeconfig::toString);
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
