package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.ObjectKind;
import io.arbitex.recovery.executors.kubernetes.OwnedObject;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.fabric8.kubernetes.api.model.HasMetadata;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What makes pods in the platform's namespace. A change of any kind lets its controller look at
 * once, instead of at the end of the wait that refusals have made long.
 */
final class HeldControllers {
  private final ClusterSession session;

  HeldControllers(ClusterSession session) {
    this.session = session;
  }

  /** Those that this command has not touched yet, though they wait for pods. */
  List<OwnedObject> untouched(ActionContext context) throws ActionFailure, InterruptedException {
    String namespace = session.namespace();
    Map<ObjectKind, List<? extends HasMetadata>> all = new LinkedHashMap<>();
    all.put(
        ObjectKind.REPLICASET,
        session.ask(
            "list replicasets",
            api ->
                api.apps().replicaSets().inNamespace(namespace).list().getItems().stream()
                    .filter(each -> each.getSpec().getReplicas() > 0)
                    .toList()));
    all.put(
        ObjectKind.STATEFULSET,
        session.ask(
            "list statefulsets",
            api -> api.apps().statefulSets().inNamespace(namespace).list().getItems()));
    List<OwnedObject> found = new ArrayList<>();
    all.forEach(
        (kind, objects) ->
            objects.stream()
                .filter(
                    each ->
                        !OwnedObject.note(each, RecoveryNotes.RELEASED_BY)
                            .equals(Optional.of(context.command().getCommandId())))
                .forEach(
                    each ->
                        found.add(new OwnedObject(session, kind, each.getMetadata().getName()))));
    return found;
  }

  void touch(ActionContext context) throws ActionFailure, InterruptedException {
    for (OwnedObject each : untouched(context)) {
      each.change(
          context,
          (read, patch) -> {
            patch.note(RecoveryNotes.RELEASED_BY, context.command().getCommandId());
            return true;
          });
    }
  }
}
