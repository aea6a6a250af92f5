package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.helm.Chart;
import io.arbitex.recovery.executors.helm.Rendered;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.Namespace;
import java.time.Duration;
import java.util.Comparator;
import java.util.Optional;

/**
 * Helm installs the platform into the held namespace. Helm's own {@code --atomic} would wait for
 * pods, which the quota refuses until the cutover; in its place the whole cluster is deleted when
 * this or a later action fails, and the cutover waits for the rollouts.
 */
final class InstallRelease extends ClusterAction {
  private static final String DEPLOYED = "deployed";

  private final Chart chart;

  InstallRelease(ClusterTarget target, Chart chart) {
    super(
        target,
        "install-release",
        "let Helm install the platform into the cluster",
        true,
        Duration.ofMinutes(10));
    this.chart = chart;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    try (ClusterSession session = target.session(context)) {
      refuseUnlessHeld(context, session);
      Optional<String> status = status(session);
      return status.equals(Optional.of(DEPLOYED))
          ? Look.alreadySo()
          : Look.notYet("the release is " + status.orElse("not there"));
    }
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    refuseIfChanged(context, chart.render(context));
    String kubeconfig = target.clusters(context).kubeconfig(target.name(context));
    if (mayGoOn(context).isPresent()) {
      // What an earlier try of this command has left unfinished.
      chart.uninstall(context, kubeconfig);
      mayGoOn(context);
    }
    context.progress("Helm installs the platform");
    chart.install(context, kubeconfig);
  }

  /**
   * Right before each start of Helm, which asks nobody: a try that stood still and comes late must
   * not touch a platform that customers use by now.
   *
   * @return the status of the release, where there is one
   */
  private Optional<String> mayGoOn(ActionContext context)
      throws ActionFailure, InterruptedException {
    try (ClusterSession session = target.session(context)) {
      Optional<String> status = status(session);
      refuseUnlessHeld(context, session);
      ClusterTarget.refuseUnlessAllowed(context);
      return status;
    }
  }

  private static void refuseIfChanged(ActionContext context, Rendered rendered)
      throws ActionFailure {
    if (!rendered.digest().equals(context.required(ClusterFacts.CHART_DIGEST))) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "the chart or its values were changed since they were checked",
          "See who changed them; `dr retry` checks them anew.");
    }
  }

  /** What Helm itself keeps of the release in the cluster: its newest revision's status. */
  private Optional<String> status(ClusterSession session)
      throws ActionFailure, InterruptedException {
    return session.ask(
        "list Helm's releases",
        api ->
            api
                .secrets()
                .inNamespace(session.namespace())
                .withLabel("owner", "helm")
                .withLabel("name", chart.release())
                .list()
                .getItems()
                .stream()
                .map(each -> each.getMetadata().getLabels())
                .max(Comparator.comparingInt(each -> Integer.parseInt(each.get("version"))))
                .map(each -> each.get("status")));
  }

  /** So that nothing of the platform runs by this before the old one is stopped. */
  private static void refuseUnlessHeld(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Optional<Namespace> namespace = Hold.namespace(session);
    if (namespace.isPresent()) {
      Hold.refuseForeign(context, namespace.get());
    }
    if (!Hold.isOn(session)) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "the platform's namespace is not held any more, so it would run beside the old one",
          "See who took the quota " + Hold.NAME + " away.");
    }
  }
}
