package io.arbitex.recovery.checks.kubernetes;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Kubernetes;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first request to each platform's cluster, made when a service starts and not when a recovery
 * does: a kubeconfig that is wrong is told by day, and the client's seconds of loading (measured: 7
 * to 11 s on two busy cores) are no part of a recovery.
 */
public final class ClusterGreeting {
  private static final Logger log = LoggerFactory.getLogger(ClusterGreeting.class);

  private ClusterGreeting() {}

  /** Greets all clusters on a thread of its own, which no service waits for. */
  public static Thread start(Inventory inventory) {
    Thread thread = new Thread(() -> greet(inventory), "cluster-greeting");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void greet(Inventory inventory) {
    for (Inventory.Platform platform : inventory.platforms()) {
      platform.kubernetes().ifPresent(settings -> greet(platform.name(), settings));
    }
  }

  private static void greet(String platform, Kubernetes settings) {
    try (KubernetesClient client = ClusterClients.open(settings)) {
      int pods = client.pods().inNamespace(settings.namespace()).list().getItems().size();
      log.info(
          "{}: the cluster answers, {} pods in the namespace {}",
          platform,
          pods,
          settings.namespace());
    } catch (IOException e) {
      log.warn("{}: its cluster cannot be reached: {}", platform, e.getMessage());
    } catch (KubernetesClientException e) {
      log.warn("{}: its cluster cannot be asked: {}", platform, WorkloadCheck.said(e));
    }
  }
}
