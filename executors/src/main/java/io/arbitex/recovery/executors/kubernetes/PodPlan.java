package io.arbitex.recovery.executors.kubernetes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.fabric8.kubernetes.api.model.Pod;

/** How a work pod is made, anew whenever it is needed and gone. */
public interface PodPlan {
  /** The same for every try of its command. */
  String name();

  /** The pod. What of it depends on the cluster is asked for now. */
  Pod pod(ActionContext context, ClusterSession session) throws ActionFailure, InterruptedException;
}
