package io.arbitex.recovery.lab.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.credentials.BearerToken;
import io.arbitex.recovery.lab.credentials.ServerCertificate;
import io.arbitex.recovery.lab.kubernetes.api.ApiServer;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviours;
import io.arbitex.recovery.lab.kubernetes.controllers.ControllerLoop;
import io.arbitex.recovery.lab.kubernetes.kubelet.ImageFile;
import io.arbitex.recovery.lab.kubernetes.kubelet.Kubelet;
import io.arbitex.recovery.lab.kubernetes.kubelet.KubeletSettings;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.proxy.ServiceProxy;
import io.arbitex.recovery.lab.kubernetes.store.ObjectStore;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;

/** All parts of the lab's cluster, put together. */
final class Cluster implements AutoCloseable {
  /** How many changes a watch may be behind. */
  private static final int HISTORY = 5000;

  private final ObjectStore store;
  private final Misbehaviours misbehaviours = new Misbehaviours();
  private final ControllerLoop controllers;
  private final Kubelet kubelet;
  private final ServiceProxy proxy;
  private final ApiServer api;
  private final Path stateFolder;
  private final ServerCertificate certificate;
  private final String token;

  /**
   * Makes a cluster, or takes up the one whose state is there.
   *
   * @param port 0 for any
   * @param disks the folder of all disks; made if it is not there
   */
  Cluster(int port, Path stateFolder, Path images, Path disks, int nodes, Clock clock)
      throws IOException, InterruptedException {
    this.stateFolder =
        Files.createDirectories(
            stateFolder,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
    Files.createDirectories(disks);
    this.certificate = ServerCertificate.in(stateFolder, "lab-kubernetes");
    this.token = BearerToken.in(stateFolder);
    this.store = new ObjectStore(stateFolder, HISTORY);
    Registry registry = new Registry(store, clock);
    seed(registry);
    this.controllers = new ControllerLoop(registry, disks, clock);
    this.kubelet =
        new Kubelet(
            registry, new ImageFile(images), KubeletSettings.of(stateFolder, disks, nodes), clock);
    this.proxy = new ServiceProxy(registry, stateFolder);
    this.api =
        new ApiServer(port, token, certificate.tls(), registry, kubelet, misbehaviours, clock);
  }

  /** Begins, and writes the file by which clients find it. */
  void start() throws IOException {
    kubelet.start();
    controllers.start();
    proxy.start();
    api.start();
    Kubeconfig.write(kubeconfig(), api.port(), certificate.pem(), token, "default");
  }

  Path kubeconfig() {
    return stateFolder.resolve("kubeconfig");
  }

  int port() {
    return api.port();
  }

  ObjectStore store() {
    return store;
  }

  Misbehaviours misbehaviours() {
    return misbehaviours;
  }

  /** What a fresh cluster of AKS has, as far as the lab needs it. */
  private static void seed(Registry registry) {
    for (String name : List.of("default", "kube-system")) {
      if (registry.find(ObjectKey.of(ResourceTypes.NAMESPACE, name)).isEmpty()) {
        ObjectNode namespace = Meta.JSON.createObjectNode();
        namespace.putObject("metadata").put("name", name);
        registry.create(ResourceTypes.NAMESPACE, "", namespace, false);
      }
    }
    storageClass(registry, "default", "Delete", "Immediate", true);
    storageClass(registry, "managed-csi", "Delete", "WaitForFirstConsumer", false);
    storageClass(registry, "managed-csi-retain", "Retain", "WaitForFirstConsumer", false);
  }

  private static void storageClass(
      Registry registry, String name, String policy, String binding, boolean isDefault) {
    if (registry.find(ObjectKey.of(ResourceTypes.STORAGE_CLASS, name)).isPresent()) {
      return;
    }
    ObjectNode storageClass = Meta.JSON.createObjectNode();
    ObjectNode metadata = storageClass.putObject("metadata").put("name", name);
    if (isDefault) {
      metadata.putObject("annotations").put("storageclass.kubernetes.io/is-default-class", "true");
    }
    storageClass.put("provisioner", "disk.csi.azure.com");
    storageClass.put("reclaimPolicy", policy).put("volumeBindingMode", binding);
    storageClass.put("allowVolumeExpansion", true);
    registry.create(ResourceTypes.STORAGE_CLASS, "", storageClass, false);
  }

  /** Ends everything, the processes of all pods too; the state stays. */
  @Override
  public void close() {
    api.close();
    proxy.close();
    controllers.close();
    kubelet.close();
  }
}
