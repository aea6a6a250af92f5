package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.OwnedObject;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceQuota;
import io.fabric8.kubernetes.api.model.ResourceQuotaBuilder;
import java.util.Map;
import java.util.Optional;

/**
 * What keeps a restored platform from running: a quota of no pods in its namespace. The API server
 * itself holds it against every controller, autoscaler and person, the restored objects stay as
 * they were backed up, and it is gone in one request.
 */
final class Hold {
  static final String NAME = "recovery-holds-until-cutover";

  private static final String PODS = "pods";

  /** A CronJob goes on making Jobs while its pods are refused. */
  private static final String JOBS = "count/jobs.batch";

  private static final Quantity NONE = new Quantity("0");

  private Hold() {}

  static Optional<ResourceQuota> find(ClusterSession session)
      throws ActionFailure, InterruptedException {
    return session.find(
        "get resourcequotas/" + NAME,
        api -> api.resourceQuotas().inNamespace(session.namespace()).withName(NAME).get());
  }

  /**
   * Whether no pod may be made in the namespace: the API server goes by the quota's status, which a
   * controller fills in after it was made.
   */
  static boolean isOn(ClusterSession session) throws ActionFailure, InterruptedException {
    return find(session)
        .filter(it -> it.getStatus() != null && it.getStatus().getHard() != null)
        .filter(it -> NONE.equals(it.getStatus().getHard().get(PODS)))
        .isPresent();
  }

  /** Makes the quota; it counts once {@link #isOn}. */
  static void put(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    ResourceQuota wanted =
        new ResourceQuotaBuilder()
            .withNewMetadata()
            .withName(NAME)
            .withNamespace(session.namespace())
            .addToAnnotations(RecoveryNotes.COMMAND, context.command().getCommandId())
            .endMetadata()
            .withNewSpec()
            .withHard(Map.of(PODS, NONE, JOBS, NONE))
            .endSpec()
            .build();
    session.makeOnce(
        "create resourcequotas",
        api -> api.resourceQuotas().inNamespace(session.namespace()).resource(wanted).create());
  }

  static void lift(ClusterSession session) throws ActionFailure, InterruptedException {
    session.ask(
        "delete resourcequotas/" + NAME,
        api -> api.resourceQuotas().inNamespace(session.namespace()).withName(NAME).delete());
  }

  /** The platform's namespace; empty when the cluster has none. */
  static Optional<Namespace> namespace(ClusterSession session)
      throws ActionFailure, InterruptedException {
    return session.find(
        "get namespaces/" + session.namespace(),
        api -> api.namespaces().withName(session.namespace()).get());
  }

  /** Makes the platform's namespace with the command's name on it. */
  static void makeNamespace(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Namespace wanted =
        new NamespaceBuilder()
            .withNewMetadata()
            .withName(session.namespace())
            .addToAnnotations(RecoveryNotes.COMMAND, context.command().getCommandId())
            .endMetadata()
            .build();
    session.makeOnce("create namespaces", api -> api.namespaces().resource(wanted).create());
    refuseForeign(context, namespace(session).orElseThrow());
  }

  /**
   * Refuses a namespace that this command did not make: what is in it is somebody else's.
   *
   * @throws ActionFailure PREFLIGHT then
   */
  static void refuseForeign(ActionContext context, Namespace found) throws ActionFailure {
    if (!OwnedObject.note(found, RecoveryNotes.COMMAND)
        .filter(context.command().getCommandId()::equals)
        .isPresent()) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "the namespace " + found.getMetadata().getName() + " is not of this recovery",
          "See who made it; it is not touched.");
    }
  }
}
