package io.arbitex.recovery.executors.helm;

import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.helm.HelmRequest.Verb;
import io.arbitex.recovery.record.FailureCode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The chart of a release, as it lies where the executors run. */
public final class Chart {
  /** In the API server's words. */
  private static final String QUOTA = "exceeded quota";

  private final Cluster.HelmRelease release;
  private final String namespace;

  public Chart(Cluster.HelmRelease release, String namespace) {
    this.release = release;
    this.namespace = namespace;
  }

  /**
   * What the chart makes with these values, without what its hooks make; asks no cluster.
   *
   * @throws ActionFailure PREFLIGHT for a chart or values that are missing or wrong
   */
  public Rendered render(ActionContext context) throws ActionFailure, InterruptedException {
    refuseMissing(release.chart());
    for (Path each : release.values()) {
      refuseMissing(each);
    }
    HelmAnswer answer =
        HelmProcess.ask(context, "render the chart", request(Verb.TEMPLATE, "", ""));
    if (answer.error() != null) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "the chart %s cannot be rendered: %s".formatted(release.chart(), answer.error()),
          "Correct the chart or the values: `helm template` shows it.");
    }
    return Rendered.of(answer, namespace);
  }

  private static void refuseMissing(Path file) throws ActionFailure {
    if (!Files.isReadable(file)) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "there is no " + file + " that the executors can read",
          "Put it where 'cluster.helm' of the inventory says.");
    }
  }

  /** The release's name. */
  public String release() {
    return release.release();
  }

  /**
   * Installs it, and does not wait for what it makes to run.
   *
   * @param kubeconfig its content, a secret
   * @throws ActionFailure TOOL_FAILED when Helm says so; then part of it may be there
   */
  public void install(ActionContext context, String kubeconfig)
      throws ActionFailure, InterruptedException {
    inCluster(
        context,
        "install the release",
        request(Verb.INSTALL, kubeconfig, context.command().getCommandId()));
  }

  /** Takes away what a try has left that did not come to its end. */
  public void uninstall(ActionContext context, String kubeconfig)
      throws ActionFailure, InterruptedException {
    inCluster(context, "take the unfinished release away", request(Verb.UNINSTALL, kubeconfig, ""));
  }

  private HelmRequest request(Verb verb, String kubeconfig, String description) {
    List<String> values = release.values().stream().map(Path::toString).toList();
    return new HelmRequest(
        verb,
        release.release(),
        namespace,
        release.chart().toString(),
        values,
        kubeconfig,
        description);
  }

  private void inCluster(ActionContext context, String doing, HelmRequest request)
      throws ActionFailure, InterruptedException {
    HelmAnswer answer = HelmProcess.ask(context, doing, request);
    if (answer.error() != null) {
      // What may not run yet may not at the next try either.
      boolean held = answer.error().contains(QUOTA);
      throw new ActionFailure(
          FailureCode.TOOL_FAILED,
          "Helm could not %s (%s): %s".formatted(doing, release.release(), answer.error()),
          held
              ? "The chart has hooks that run at the installation, before the cutover; the quota"
                  + " that holds the platform refuses them. Turn them off in a file of 'values'."
              : "See the chart, its values, and the API of the new cluster.",
          !held,
          null);
    }
  }
}
