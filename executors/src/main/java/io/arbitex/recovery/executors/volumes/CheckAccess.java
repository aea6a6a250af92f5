package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.AccessRights;
import io.arbitex.recovery.executors.kubernetes.AccessRights.Right;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.ObjectKind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Preflight: the cluster answers, and lets us do what the procedure is going to. */
final class CheckAccess extends VolumeAction {
  private final boolean replaces;

  /**
   * @param replaces whether the claim will be replaced, not only looked beside
   */
  CheckAccess(VolumeTarget target, boolean replaces) {
    super(
        target,
        "check-access",
        "check the cluster and our rights in it",
        false,
        Duration.ofMinutes(3));
    this.replaces = replaces;
  }

  @Override
  Look look(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    List<Right> needed = new ArrayList<>();
    for (ObjectKind kind : List.of(ObjectKind.CLAIM, ObjectKind.VOLUME)) {
      for (String verb : List.of("get", "list", "create", "delete")) {
        needed.add(Right.to(verb, kind));
      }
    }
    needed.add(new Right("list", "", "pods", ""));
    if (replaces) {
      needed.add(Right.to("patch", ObjectKind.CLAIM));
      needed.add(Right.to("patch", ObjectKind.VOLUME));
      needed.add(Right.inCluster("list", "storage.k8s.io", "volumeattachments"));
    } else {
      needed.add(new Right("get", "", "pods", ""));
      needed.add(new Right("create", "", "pods", ""));
      needed.add(new Right("delete", "", "pods", ""));
      needed.add(new Right("create", "", "pods", "exec"));
    }
    new AccessRights(session, needed).refuseIfMissing();
    return Look.alreadySo();
  }
}
