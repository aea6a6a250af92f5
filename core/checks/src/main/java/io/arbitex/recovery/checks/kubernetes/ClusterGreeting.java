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

  /** A platform of the inventory, with its workloads in the cluster that it is bound to. */
  @FunctionalInterface
  public interface Bound {
    /**
     * The platform as it is now.
     *
     * @throws IllegalStateException when nobody knows which cluster that is
     */
    Inventory.Platform now(Inventory.Platform platform) throws InterruptedException;
  }

  /**
   * Greets all clusters on a thread of its own, which no service waits for.
   *
   * @param bound where the platforms are now; it may wait until that is known
   */
  public static Thread start(Inventory inventory, Bound bound) {
    Thread thread = new Thread(() -> greet(inventory, bound), "cluster-greeting");
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private static void greet(Inventory inventory, Bound bound) {
    for (Inventory.Platform platform : inventory.platforms()) {
      try {
        bound.now(platform).kubernetes().ifPresent(settings -> greet(platform.name(), settings));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      } catch (IllegalStateException e) {
        log.warn("{}: its cluster is not greeted: {}", platform.name(), e.getMessage());
      }
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
