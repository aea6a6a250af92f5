package io.arbitex.recovery.lab.world;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The platform as a Helm chart, as its makers would keep it: what {@link PlatformWorkload} applies,
 * but for the namespace and the Secret, with a label as a value.
 */
final class PlatformChart {
  static final String RELEASE = "arbitex";

  private static final String CHART =
      """
      apiVersion: v2
      name: arbitex-platform
      description: The Arbitex platform
      version: 1.0.0
      """;

  private PlatformChart() {}

  private static Path folder(LabPlan plan) {
    return plan.folder().etc().resolve("chart");
  }

  private static Path values(LabPlan plan) {
    return plan.folder().etc().resolve("values-prod.yaml");
  }

  /**
   * Writes it.
   *
   * @param manifest of all objects
   */
  static void write(LabPlan plan, String manifest) throws IOException {
    if (manifest.contains("{{")) {
      throw new LabFailure("the platform's manifest would be read as a template");
    }
    Path templates = Files.createDirectories(folder(plan).resolve("templates"));
    Files.writeString(folder(plan).resolve("Chart.yaml"), CHART, StandardCharsets.UTF_8);
    Files.writeString(folder(plan).resolve("values.yaml"), "team: none\n", StandardCharsets.UTF_8);
    Files.writeString(
        templates.resolve("platform.yaml"),
        manifest.replace(
            "app.kubernetes.io/part-of: arbitex",
            "app.kubernetes.io/part-of: arbitex, team: {{ .Values.team }}"),
        StandardCharsets.UTF_8);
    Files.writeString(values(plan), "team: platform\n", StandardCharsets.UTF_8);
  }

  /** The inventory's {@code helm}, in one line. */
  static String inventory(LabPlan plan) {
    return "{release: %s, chart: %s, values: [%s], emptyClaims: [%s]}"
        .formatted(RELEASE, folder(plan), values(plan), String.join(", ", PlatformWorkload.CLAIMS));
  }
}
