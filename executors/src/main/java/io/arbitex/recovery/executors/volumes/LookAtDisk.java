package io.arbitex.recovery.executors.volumes;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.kubernetes.ClaimAndVolume;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.WorkPod;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What is needed to look at a restored disk: a volume, a claim and a pod of our own. */
final class LookAtDisk {
  private final VolumeTarget target;
  private final ClusterSession session;
  private final String name;

  LookAtDisk(VolumeTarget target, ClusterSession session, ActionContext context) {
    this.target = target;
    this.session = session;
    this.name = VolumeTarget.workName(context.command());
  }

  String name() {
    return name;
  }

  WorkPod pod() {
    return new WorkPod(
        session,
        new VolumePodPlan(
            name,
            target.component(),
            target.volume().helperImage(),
            Map.of(
                io.arbitex.recovery.configuration.Volume.FOLDER,
                new VolumeBuilder()
                    .withName("data")
                    .withNewPersistentVolumeClaim()
                    .withClaimName(name)
                    .endPersistentVolumeClaim()
                    .build())));
  }

  private DiskVolume volume() throws ActionFailure {
    return new DiskVolume(session, target.store(), name, name);
  }

  void open(ActionContext context) throws ActionFailure, InterruptedException {
    Optional<String> fileSystem =
        ClaimAndVolume.read(session, target.volume().claim())
            .volume()
            .flatMap(ClaimAndVolume::fileSystem);
    volume().bind(context, List.of("ReadWriteOnce"), new ObjectMeta(), "", fileSystem);
    pod().ensure(context);
  }

  boolean exists() throws ActionFailure, InterruptedException {
    return pod().exists() || volume().exists();
  }

  void close(ActionContext context) throws ActionFailure, InterruptedException {
    pod().remove(context);
    volume().remove(context);
  }
}
