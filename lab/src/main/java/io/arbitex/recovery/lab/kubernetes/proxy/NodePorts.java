package io.arbitex.recovery.lab.kubernetes.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.io.IOException;
import java.net.InetSocketAddress;
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
 * Keeps a port of this machine open for each port of a service of type NodePort, as long as a pod
 * behind it is ready. It reads nothing but services and their Endpoints.
 */
public final class NodePorts implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(NodePorts.class);

  /** A port that could not be opened is tried again. */
  private static final long LOOK_MILLIS = 500;

  private final Registry registry;
  private final Map<Integer, NodePort> ports = new HashMap<>();
  private final Semaphore work = new Semaphore(1);
  private final Thread thread = new Thread(this::loop, "node-ports");
  private volatile boolean closed;

  public NodePorts(Registry registry) {
    this.registry = registry;
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
    Set<Integer> wanted = new HashSet<>();
    for (ObjectNode service : registry.all(ResourceTypes.SERVICE, "")) {
      if (service.at("/spec/type").asText().equals("NodePort")) {
        for (JsonNode port : service.at("/spec/ports")) {
          int number = port.path("nodePort").asInt();
          if (wanted.add(number)) {
            lead(number, service, port);
          }
        }
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
  }

  private void lead(int number, ObjectNode service, JsonNode port) {
    try {
      NodePort open = ports.get(number);
      if (open == null) {
        open = new NodePort(number);
        ports.put(number, open);
      }
      open.leadTo(ready(service, port));
    } catch (IOException e) {
      log.warn("node port {} of service {}: {}", number, Meta.name(service), e.toString());
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
    ports.values().forEach(NodePort::close);
  }
}
