package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.PodPlan;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.arbitex.recovery.executors.kubernetes.WorkPod;
import io.arbitex.recovery.executors.kubernetes.WorkPodPlan;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeMount;
import java.util.List;
import java.util.Map;

/**
 * A pod of ours that has volumes mounted, each at a folder.
 *
 * @param name of the pod
 * @param component that it works for
 * @param image with a shell
 * @param volumes by the folder at which they are
 */
record VolumePodPlan(String name, String component, String image, Map<String, Volume> volumes)
    implements PodPlan {
  VolumePodPlan {
    volumes = Map.copyOf(volumes);
  }

  @Override
  public Pod pod(ActionContext context, ClusterSession session) {
    List<VolumeMount> mounts =
        volumes.entrySet().stream()
            .map(
                each -> {
                  VolumeMount mount = new VolumeMount();
                  mount.setName(each.getValue().getName());
                  mount.setMountPath(each.getKey());
                  return mount;
                })
            .toList();
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withLabels(WorkPodPlan.labels(component))
        .withAnnotations(
            Map.of(
                RecoveryNotes.COMMAND,
                context.command().getCommandId(),
                RecoveryNotes.TOKEN,
                Long.toString(context.token()),
                // A sidecar would keep it from ending.
                "sidecar.istio.io/inject",
                "false"))
        .endMetadata()
        .withNewSpec()
        .withRestartPolicy("Never")
        .withActiveDeadlineSeconds(WorkPodPlan.life().toSeconds())
        .withTerminationGracePeriodSeconds(2L)
        .withAutomountServiceAccountToken(false)
        .addNewContainer()
        .withName(WorkPod.CONTAINER)
        .withImage(image)
        .withCommand(WorkPodPlan.idle())
        .withVolumeMounts(mounts)
        .endContainer()
        .withVolumes(List.copyOf(volumes.values()))
        .endSpec()
        .build();
  }
}
