package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Asks the cluster before anything is touched whether it will let us do what we are going to. */
public final class AccessRights {
  private final ClusterSession session;
  private final List<Right> needed;

  public AccessRights(ClusterSession session, List<Right> needed) {
    this.session = session;
    this.needed = List.copyOf(needed);
  }

  /** What the recovery of a StatefulSet's volume needs. */
  static List<Right> forVolume(String statefulSet, String claim) {
    return List.of(
        Right.to("get", ObjectKind.STATEFULSET, statefulSet),
        Right.to("patch", ObjectKind.STATEFULSET, statefulSet),
        new Right("get", "", "persistentvolumeclaims", "", claim),
        new Right("get", "", "pods", ""),
        new Right("list", "", "pods", ""),
        new Right("create", "", "pods", ""),
        new Right("delete", "", "pods", ""),
        new Right("create", "", "pods", "exec"),
        new Right("list", "autoscaling", "horizontalpodautoscalers", ""));
  }

  /**
   * A right in the namespace.
   *
   * @param group of the API; empty for the core
   * @param subresource empty for the resource itself
   * @param name of the one object that is meant; empty for any. A role that names its objects
   *     ({@code resourceNames}) grants nothing to a question without a name
   */
  public record Right(String verb, String group, String resource, String subresource, String name) {

    /** A right to all objects of the resource. */
    public Right(String verb, String group, String resource, String subresource) {
      this(verb, group, resource, subresource, "");
    }

    public static Right to(String verb, ObjectKind kind) {
      return to(verb, kind, "");
    }

    public static Right to(String verb, ObjectKind kind, String name) {
      return new Right(verb, kind.group(), kind.plural(), "", name);
    }

    @Override
    public String toString() {
      return verb
          + " "
          + resource
          + (subresource.isEmpty() ? "" : "/" + subresource)
          + (group.isEmpty() ? "" : "." + group)
          + (name.isEmpty() ? "" : "/" + name);
    }
  }

  /**
   * Refuses when a right is missing. A server that does not review access is taken at its word
   * later: what can be read without harm the rest of the preflight reads.
   *
   * @throws ActionFailure AUTHENTICATION naming all that is missing
   */
  public void refuseIfMissing() throws ActionFailure, InterruptedException {
    List<String> missing = new ArrayList<>();
    for (Right right : needed) {
      Optional<SelfSubjectAccessReview> answer = review(right);
      if (answer.isEmpty()) {
        return;
      }
      if (!Boolean.TRUE.equals(answer.get().getStatus().getAllowed())) {
        missing.add(right.toString());
      }
    }
    if (!missing.isEmpty()) {
      throw ActionFailure.permanent(
          FailureCode.AUTHENTICATION,
          "in the namespace " + session.namespace() + " the executor may not: " + missing,
          "Add these to the executor's Role in the namespace, then retry.");
    }
  }

  private Optional<SelfSubjectAccessReview> review(Right right)
      throws ActionFailure, InterruptedException {
    SelfSubjectAccessReview question =
        new SelfSubjectAccessReviewBuilder()
            .withNewSpec()
            .withNewResourceAttributes()
            .withNamespace(session.namespace())
            .withVerb(right.verb())
            .withGroup(right.group())
            .withResource(right.resource())
            .withSubresource(right.subresource())
            .withName(right.name())
            .endResourceAttributes()
            .endSpec()
            .build();
    return session.find(
        "create selfsubjectaccessreviews.authorization.k8s.io",
        client -> client.authorization().v1().selfSubjectAccessReview().create(question));
  }
}
