package io.arbitex.recovery.lab.azure.servers;

import io.arbitex.recovery.lab.azure.postgresql.IpRange;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All that is known of a server.
 *
 * @param address of it alone, in 127.0.0.0/8
 * @param data name of its data directory
 * @param highAvailability Disabled, SameZone or ZoneRedundant
 * @param parameters set by the customer, by name
 * @param pending parameters that a restart makes true
 * @param firewall rules by name
 */
public record FlexibleServer(
    String resourceGroup,
    String name,
    Shape shape,
    ServerState state,
    String address,
    String data,
    String highAvailability,
    Map<String, String> parameters,
    Set<String> pending,
    Map<String, IpRange> firewall) {
  public static final String NO_HIGH_AVAILABILITY = "Disabled";

  public FlexibleServer {
    parameters = Map.copyOf(parameters);
    pending = Set.copyOf(pending);
    firewall = Map.copyOf(firewall);
  }

  /** A server that is yet to be made: high availability, parameters and rules are added later. */
  public static FlexibleServer fresh(
      String resourceGroup, String name, Shape shape, String address) {
    return new FlexibleServer(
        resourceGroup,
        name,
        shape,
        ServerState.PROVISIONING,
        address,
        "data-0",
        NO_HIGH_AVAILABILITY,
        Map.of(),
        Set.of(),
        Map.of());
  }

  public FlexibleServer withState(ServerState state) {
    return new FlexibleServer(
        resourceGroup,
        name,
        shape,
        state,
        address,
        data,
        highAvailability,
        parameters,
        pending,
        firewall);
  }

  /** With the data directory of the next try. */
  FlexibleServer withNextData() {
    int next = Integer.parseInt(data.substring(data.indexOf('-') + 1)) + 1;
    return new FlexibleServer(
        resourceGroup,
        name,
        shape,
        state,
        address,
        "data-" + next,
        highAvailability,
        parameters,
        pending,
        firewall);
  }

  FlexibleServer withShape(Shape shape) {
    return new FlexibleServer(
        resourceGroup,
        name,
        shape,
        state,
        address,
        data,
        highAvailability,
        parameters,
        pending,
        firewall);
  }

  FlexibleServer withHighAvailability(String mode) {
    return new FlexibleServer(
        resourceGroup, name, shape, state, address, data, mode, parameters, pending, firewall);
  }

  FlexibleServer withFirewall(Map<String, IpRange> rules) {
    return new FlexibleServer(
        resourceGroup,
        name,
        shape,
        state,
        address,
        data,
        highAvailability,
        parameters,
        pending,
        rules);
  }

  /**
   * With a parameter of another value.
   *
   * @param value null for the default
   */
  FlexibleServer withParameter(String parameter, String value, boolean needsRestart) {
    Map<String, String> values = new TreeMap<>(parameters);
    if (value == null) {
      values.remove(parameter);
    } else {
      values.put(parameter, value);
    }
    Set<String> waiting = new TreeSet<>(pending);
    if (needsRestart) {
      waiting.add(parameter);
    }
    return new FlexibleServer(
        resourceGroup,
        name,
        shape,
        state,
        address,
        data,
        highAvailability,
        values,
        waiting,
        firewall);
  }

  FlexibleServer withNothingPending() {
    return new FlexibleServer(
        resourceGroup,
        name,
        shape,
        state,
        address,
        data,
        highAvailability,
        parameters,
        Set.of(),
        firewall);
  }
}
