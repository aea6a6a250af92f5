package io.arbitex.recovery.lab.world;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.io.IOException;
import java.nio.file.Path;

/** Releases of the platform's second deployment, as somebody rolls them out and back. */
public final class LabReleases {
  private static final String IMAGE =
      "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"platform\",\"image\":\"%s\"}]}}}}";

  private final LabState.Cluster cluster;

  LabReleases(LabState.Cluster cluster) {
    this.cluster = cluster;
  }

  /** A release that damages the database for as long as it runs. */
  public void rollOutBad() throws IOException {
    image(PlatformWorkload.BAD_IMAGE);
  }

  /** The release before it. */
  public void rollBack() throws IOException {
    image(PlatformWorkload.IMAGE);
  }

  private void image(String image) throws IOException {
    try (KubernetesClient client = LabCluster.client(Path.of(cluster.kubeconfig()))) {
      client
          .apps()
          .deployments()
          .inNamespace(cluster.namespace())
          .withName(PlatformWorkload.CLOUD)
          .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), IMAGE.formatted(image));
    }
  }
}
