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

  /** What the replacement of a claim whose volume is gone needs besides. */
  static List<Right> forNewClaim(String claim) {
    return List.of(
        Right.to("list", ObjectKind.CLAIM),
        Right.to("create", ObjectKind.CLAIM),
        Right.to("patch", ObjectKind.CLAIM, claim),
        Right.to("delete", ObjectKind.CLAIM, claim),
        Right.to("list", ObjectKind.VOLUME));
  }

  /**
   * Where a right is needed. A Role in a namespace says nothing of the cluster's own objects,
   * though a review that names both would say yes.
   *
   * @param namespace empty for the platform's own, an empty text for the whole cluster
   */
  public record Scope(Optional<String> namespace) {
    static final Scope PLATFORM = new Scope(Optional.empty());
    static final Scope CLUSTER = new Scope(Optional.of(""));

    static Scope of(ObjectKind kind) {
      return kind.isOfCluster() ? CLUSTER : PLATFORM;
    }

    private String in(ClusterSession session) {
      return namespace.orElse(session.namespace());
    }

    private String text() {
      return namespace
          .map(name -> name.isEmpty() ? " in the whole cluster" : " in " + name)
          .orElse("");
    }
  }

  /**
   * A right.
   *
   * @param group of the API; empty for the core
   * @param subresource empty for the resource itself
   * @param name of the one object that is meant; empty for any. A role that names its objects
   *     ({@code resourceNames}) grants nothing to a question without a name
   * @param scope where
   */
  public record Right(
      String verb, String group, String resource, String subresource, String name, Scope scope) {

    public Right(String verb, String group, String resource, String subresource, String name) {
      this(verb, group, resource, subresource, name, Scope.PLATFORM);
    }

    /** A right to all objects of the resource. */
    public Right(String verb, String group, String resource, String subresource) {
      this(verb, group, resource, subresource, "");
    }

    public static Right to(String verb, ObjectKind kind) {
      return to(verb, kind, "");
    }

    public static Right to(String verb, ObjectKind kind, String name) {
      return new Right(verb, kind.group(), kind.plural(), "", name, Scope.of(kind));
    }

    /** A right to all objects of a resource that belongs to the whole cluster. */
    public static Right inCluster(String verb, String group, String resource) {
      return new Right(verb, group, resource, "", "", Scope.CLUSTER);
    }

    /** A right to pause a rival, wherever its object is. */
    public static Right toPause(Rival rival) {
      return new Right(
          "patch",
          rival.kind().group(),
          rival.kind().plural(),
          "",
          rival.name(),
          new Scope(Optional.of(rival.namespace())));
    }

    @Override
    public String toString() {
      return verb
          + " "
          + resource
          + (subresource.isEmpty() ? "" : "/" + subresource)
          + (group.isEmpty() ? "" : "." + group)
          + (name.isEmpty() ? "" : "/" + name)
          + scope.text();
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
          "Add these to the executor's Role in the namespace, those of the whole cluster to its"
              + " ClusterRole, then retry.");
    }
  }

  private Optional<SelfSubjectAccessReview> review(Right right)
      throws ActionFailure, InterruptedException {
    SelfSubjectAccessReview question =
        new SelfSubjectAccessReviewBuilder()
            .withNewSpec()
            .withNewResourceAttributes()
            .withNamespace(right.scope().in(session))
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
