package io.arbitex.recovery.configuration;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A persistent volume behind one claim, and what its recovery needs (runbook, section 3).
 *
 * @param claim its volume claim in the platform's namespace; its name in records too, until {@code
 *     recovery.bindings} says otherwise
 * @param workloads all that mount it; a cutover stops them and starts them on the restored volume
 * @param helperImage an image with a shell, for the pod that looks at a restored volume before
 *     anybody else does
 * @param check a command in that pod, with the volume at {@link #FOLDER}; exit status 0 says that
 *     what is on it is whole. Empty: it only must not be empty
 * @param checkTimeout after it the check has failed, at least 1 s
 * @param azure where its snapshots and disks are
 * @param full share of the volume that may be used before it counts as full, 0 to 1
 * @param pendingFor how long its claim may wait for a volume
 */
public record Volume(
    String claim,
    List<Workload> workloads,
    String helperImage,
    List<String> check,
    Duration checkTimeout,
    AzureDisks azure,
    double full,
    Duration pendingFor) {

  /** Where the pod that looks at a restored volume has it. */
  public static final String FOLDER = "/data";

  /**
   * Disks of Azure.
   *
   * @param snapshots resource group of the snapshots: not the cluster's own, which goes with it
   * @param disks resource group in which disks are made
   */
  public record AzureDisks(String snapshots, String disks) {}

  static Volume of(Section section) {
    Volume read =
        new Volume(
            section.name("claim"),
            workloads(section),
            section.text("helperImage"),
            section.texts("check"),
            section.duration("checkTimeout", Duration.ofMinutes(5)),
            azure(section.requiredSection("azure")),
            section.fraction("full", 0.9, 0, 1),
            section.duration("pendingFor", Duration.ofMinutes(2)));
    if (read.checkTimeout().compareTo(Duration.ofSeconds(1)) < 0) {
      section.problem("checkTimeout", "must be at least 1s");
    }
    section.close();
    return read;
  }

  private static List<Workload> workloads(Section section) {
    List<Workload> workloads = new ArrayList<>();
    for (String text : section.requiredTexts("workloads")) {
      try {
        Workload workload = Workload.of(text);
        if (workloads.contains(workload)) {
          section.problem("workloads", "'" + text + "' is there twice");
        }
        workloads.add(workload);
      } catch (IllegalArgumentException e) {
        section.problem("workloads", e.getMessage());
      }
    }
    return List.copyOf(workloads);
  }

  private static AzureDisks azure(Section section) {
    AzureDisks read = new AzureDisks(section.text("snapshots"), section.text("disks"));
    section.close();
    return read;
  }
}
