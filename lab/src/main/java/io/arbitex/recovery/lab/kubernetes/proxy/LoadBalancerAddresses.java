package io.arbitex.recovery.lab.kubernetes.proxy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The address of each service of type LoadBalancer, as a cloud gives it one: in 127.0.0.0/8, all of
 * which Linux takes for this machine. Where a cluster's begin comes from its folder, and none is
 * taken on which somebody listens. It stands in the service's status and nowhere else, so it is
 * kept as long as the service, over restarts too.
 */
final class LoadBalancerAddresses {
  private static final Logger log = LoggerFactory.getLogger(LoadBalancerAddresses.class);
  private static final int PER_BLOCK = 254;
  private static final String ADDRESS = "/status/loadBalancer/ingress/0/ip";

  private final Registry registry;
  private final int start;

  LoadBalancerAddresses(Registry registry, Path folder) {
    this.registry = registry;
    int hash = folder.toAbsolutePath().normalize().toString().hashCode() * 31 + 80;
    this.start = (hash ^ hash >>> 16) & 0xffff;
  }

  /**
   * Gives the service what it should have: an address if it is a load balancer, else none.
   *
   * @return the address; empty when it has none
   */
  String keep(ObjectNode service) {
    boolean wanted =
        service.at("/spec/type").asText().equals("LoadBalancer") && !Meta.isBeingDeleted(service);
    String present = service.at(ADDRESS).asText("");
    if (wanted == !present.isEmpty()) {
      return present;
    }
    String address = wanted ? free(service.at("/spec/ports")) : "";
    registry.amend(
        ObjectKey.of(ResourceTypes.SERVICE, service),
        each -> {
          ObjectNode balancer = each.withObject("/status").putObject("loadBalancer");
          if (!address.isEmpty()) {
            balancer.putArray("ingress").addObject().put("ip", address);
          }
        });
    return address;
  }

  private String free(JsonNode ports) {
    Set<String> taken =
        registry.all(ResourceTypes.SERVICE, "").stream()
            .map(each -> each.at(ADDRESS).asText(""))
            .collect(Collectors.toSet());
    for (int i = 0; i < PER_BLOCK * PER_BLOCK; i++) {
      int at = (start + i) % (PER_BLOCK * PER_BLOCK);
      // Not 127.0.…, where the machine's own are; Azure's servers have 77.
      String address = "127." + (1 + at / PER_BLOCK) + ".78." + (1 + at % PER_BLOCK);
      if (!taken.contains(address) && isFree(address, ports)) {
        return address;
      }
    }
    log.warn("no address is left for a load balancer");
    return "";
  }

  private static boolean isFree(String address, JsonNode ports) {
    for (JsonNode port : ports) {
      try (ServerSocket socket = new ServerSocket()) {
        // Without it, an address counts as free that another cluster has and does not listen on.
        socket.setReuseAddress(false);
        socket.bind(new InetSocketAddress(address, port.path("port").asInt()));
      } catch (IOException e) {
        log.debug("{} port {} is taken", address, port.path("port"), e);
        return false;
      }
    }
    return true;
  }
}
