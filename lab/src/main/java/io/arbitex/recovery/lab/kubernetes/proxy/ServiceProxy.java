package io.arbitex.recovery.lab.kubernetes.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps open what clients outside of the cluster reach: a port of this machine for each node port,
 * and the ports of each load balancer at its own address; as long as a pod behind it is ready. It
 * reads nothing but services and their Endpoints.
 */
public final class ServiceProxy implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ServiceProxy.class);

  /** A port that could not be opened is tried again. */
  private static final long LOOK_MILLIS = 500;

  private final Registry registry;
  private final LoadBalancerAddresses balancers;
  private final Map<InetSocketAddress, ServicePort> ports = new HashMap<>();

  /** Those that somebody else on this machine has, another cluster for instance. */
  private final Set<InetSocketAddress> taken = new HashSet<>();

  private final Semaphore work = new Semaphore(1);
  private final Thread thread = new Thread(this::loop, "service-proxy");
  private volatile boolean closed;

  /**
   * @param folder of the cluster, from which its load balancers' addresses come
   */
  public ServiceProxy(Registry registry, Path folder) {
    this.registry = registry;
    this.balancers = new LoadBalancerAddresses(registry, folder);
  }

  public void start() {
    registry.store().onChange(work::release);
    thread.setDaemon(true);
    thread.start();
  }

  private void loop() {
    try {
      while (!closed) {
        work.tryAcquire(LOOK_MILLIS, TimeUnit.MILLISECONDS);
        work.drainPermits();
        look();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void look() {
    Set<InetSocketAddress> wanted = new HashSet<>();
    for (ObjectNode service : registry.all(ResourceTypes.SERVICE, "")) {
      String type = service.at("/spec/type").asText();
      String balancer = balancers.keep(service);
      for (JsonNode port : service.at("/spec/ports")) {
        List<InetSocketAddress> addresses = new ArrayList<>();
        int node = port.path("nodePort").asInt();
        if (node > 0 && (type.equals("NodePort") || type.equals("LoadBalancer"))) {
          addresses.add(new InetSocketAddress(InetAddress.getLoopbackAddress(), node));
        }
        if (!balancer.isEmpty()) {
          addresses.add(new InetSocketAddress(balancer, port.path("port").asInt()));
        }
        addresses.stream().filter(wanted::add).forEach(each -> lead(each, service, port));
      }
    }
    ports
        .entrySet()
        .removeIf(
            each -> {
              boolean gone = !wanted.contains(each.getKey());
              if (gone) {
                each.getValue().close();
              }
              return gone;
            });
    taken.retainAll(wanted);
  }

  private void lead(InetSocketAddress address, ObjectNode service, JsonNode port) {
    try {
      ServicePort open = ports.get(address);
      if (open == null) {
        open = new ServicePort(address);
        ports.put(address, open);
      }
      open.leadTo(ready(service, port));
      if (taken.remove(address)) {
        log.info("{} of service {} was taken, and is its own now", address, Meta.name(service));
      }
    } catch (IOException e) {
      if (taken.add(address)) {
        log.warn("{} of service {}: {}", address, Meta.name(service), e.toString());
      }
    }
  }

  private List<InetSocketAddress> ready(ObjectNode service, JsonNode port) {
    List<InetSocketAddress> ready = new ArrayList<>();
    ObjectKey key =
        new ObjectKey(ResourceTypes.ENDPOINTS, Meta.namespace(service), Meta.name(service));
    registry
        .find(key)
        .ifPresent(
            endpoints -> {
              for (JsonNode subset : endpoints.path("subsets")) {
                for (JsonNode target : subset.path("ports")) {
                  if (target.path("name").asText("").equals(port.path("name").asText(""))) {
                    subset
                        .path("addresses")
                        .forEach(
                            each ->
                                ready.add(
                                    new InetSocketAddress(
                                        each.path("ip").asText(), target.path("port").asInt())));
                  }
                }
              }
            });
    return ready;
  }

  /** Closes all ports and ends what goes through them. */
  @Override
  public void close() {
    closed = true;
    work.release();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    ports.values().forEach(ServicePort::close);
  }
}
