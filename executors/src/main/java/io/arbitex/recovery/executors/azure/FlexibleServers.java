package io.arbitex.recovery.executors.azure;

import com.azure.core.util.Context;
import com.azure.resourcemanager.postgresqlflexibleserver.PostgreSqlManager;
import com.azure.resourcemanager.postgresqlflexibleserver.fluent.PostgreSqlManagementClient;
import com.azure.resourcemanager.postgresqlflexibleserver.fluent.models.ConfigurationInner;
import com.azure.resourcemanager.postgresqlflexibleserver.fluent.models.FirewallRuleInner;
import com.azure.resourcemanager.postgresqlflexibleserver.fluent.models.ServerInner;
import com.azure.resourcemanager.postgresqlflexibleserver.models.CreateMode;
import com.azure.resourcemanager.postgresqlflexibleserver.models.HighAvailability;
import com.azure.resourcemanager.postgresqlflexibleserver.models.HighAvailabilityMode;
import com.azure.resourcemanager.postgresqlflexibleserver.models.ServerForUpdate;
import io.arbitex.recovery.engine.ActionFailure;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Flexible servers of PostgreSQL in one resource group. */
public final class FlexibleServers {
  private static final String NO_HIGH_AVAILABILITY = "Disabled";

  private final AzureAccess access;
  private final String group;
  private final PostgreSqlManagementClient client;

  public FlexibleServers(AzureAccess access) {
    this.access = access;
    this.group = access.settings().resourceGroup();
    this.client =
        PostgreSqlManager.authenticate(access.pipeline(), access.profile()).serviceClient();
  }

  /**
   * The server of that name; empty when Azure has none.
   *
   * @throws ActionFailure when Azure does not say
   */
  public Optional<FlexibleServer> find(String name) throws ActionFailure, InterruptedException {
    try {
      return Optional.of(FlexibleServer.of(client.getServers().getByResourceGroup(group, name)));
    } catch (RuntimeException e) {
      if (AzureErrors.status(e) == 404) {
        return Optional.empty();
      }
      throw AzureErrors.of("look for the server " + name, e);
    }
  }

  /**
   * Begins to restore a server to a moment, as a new server.
   *
   * @param moment to the microsecond; never empty, since Azure would restore everything then
   * @return the address of the operation, if Azure gave one
   */
  public Optional<String> beginRestore(
      String name, FlexibleServer source, Instant moment, Map<String, String> tags)
      throws ActionFailure, InterruptedException {
    ServerInner wanted =
        new ServerInner()
            .withLocation(source.location())
            .withTags(tags)
            .withCreateMode(CreateMode.POINT_IN_TIME_RESTORE)
            .withSourceServerResourceId(source.id())
            .withPointInTimeUtc(OffsetDateTime.ofInstant(moment, ZoneOffset.UTC));
    return begin(
        "restore " + source.name() + " to " + moment + " as " + name,
        context -> client.getServers().beginCreate(group, name, wanted, context));
  }

  /**
   * Whether Azure has answered that it does not do it: then nothing comes of it later either. A
   * name that is taken, or one request too many, may be said of the library's second try of an
   * order whose first one was taken.
   */
  public static boolean isRefusal(ActionFailure failure) {
    int status = AzureErrors.status(failure.getCause());
    return status >= 400 && status < 500 && status != 408 && status != 409 && status != 429;
  }

  /** Begins to delete a server. */
  public Optional<String> beginDelete(String name) throws ActionFailure, InterruptedException {
    return begin(
        "delete the server " + name,
        context -> client.getServers().beginDelete(group, name, context));
  }

  /** Begins to restart a server. */
  public Optional<String> beginRestart(String name) throws ActionFailure, InterruptedException {
    return begin(
        "restart the server " + name,
        context -> client.getServers().beginRestart(group, name, null, context));
  }

  /** Begins to give a server its high availability. */
  public Optional<String> beginHighAvailability(String name, String mode)
      throws ActionFailure, InterruptedException {
    ServerForUpdate update =
        new ServerForUpdate()
            .withHighAvailability(
                new HighAvailability().withMode(HighAvailabilityMode.fromString(mode)));
    return begin(
        "give the server " + name + " the high availability " + mode,
        context -> client.getServers().beginUpdate(group, name, update, context));
  }

  /** Begins to set a parameter. */
  public Optional<String> beginParameter(String server, String name, String value)
      throws ActionFailure, InterruptedException {
    ConfigurationInner wanted =
        new ConfigurationInner().withValue(value).withSource("user-override");
    return begin(
        "set " + name + " of the server " + server,
        context -> client.getConfigurations().beginPut(group, server, name, wanted, context));
  }

  /** Begins to open a server to a range of addresses. */
  public Optional<String> beginFirewallRule(String server, FirewallRule rule)
      throws ActionFailure, InterruptedException {
    FirewallRuleInner wanted =
        new FirewallRuleInner().withStartIpAddress(rule.start()).withEndIpAddress(rule.end());
    return begin(
        "make the firewall rule " + rule.name() + " of the server " + server,
        context ->
            client
                .getFirewallRules()
                .beginCreateOrUpdate(group, server, rule.name(), wanted, context));
  }

  /** A range of addresses that may connect. */
  public record FirewallRule(String name, String start, String end) {}

  /** Firewall rules by name. */
  public Map<String, FirewallRule> firewallRules(String server)
      throws ActionFailure, InterruptedException {
    return ask(
        "list the firewall rules of " + server,
        () -> {
          Map<String, FirewallRule> rules = new TreeMap<>();
          client
              .getFirewallRules()
              .listByServer(group, server)
              .forEach(
                  each ->
                      rules.put(
                          each.name(),
                          new FirewallRule(
                              each.name(), each.startIpAddress(), each.endIpAddress())));
          return rules;
        });
  }

  /** Parameters that somebody has set and that may be set, by name. */
  public Map<String, String> parameters(String server) throws ActionFailure, InterruptedException {
    return ask(
        "list the parameters of " + server,
        () -> {
          Map<String, String> set = new TreeMap<>();
          for (ConfigurationInner each : configurations(server)) {
            if (!Boolean.TRUE.equals(each.isReadOnly())
                && !"system-default".equals(each.source())) {
              set.put(each.name(), each.value());
            }
          }
          return set;
        });
  }

  /** Parameters that count from the next restart only. */
  public List<String> pendingRestart(String server) throws ActionFailure, InterruptedException {
    return ask(
        "list the parameters of " + server,
        () ->
            configurations(server).stream()
                .filter(each -> Boolean.TRUE.equals(each.isConfigPendingRestart()))
                .map(ConfigurationInner::name)
                .toList());
  }

  private List<ConfigurationInner> configurations(String server) {
    List<ConfigurationInner> all = new ArrayList<>();
    client.getConfigurations().listByServer(group, server).forEach(all::add);
    return all;
  }

  /** Whether high availability is on, by its mode; {@code Disabled} for none. */
  static String highAvailability(ServerInner server) {
    HighAvailability found = server.highAvailability();
    return found == null || found.mode() == null ? NO_HIGH_AVAILABILITY : found.mode().toString();
  }

  AzureAccess access() {
    return access;
  }

  private Optional<String> begin(String doing, Consumer<Context> request)
      throws ActionFailure, InterruptedException {
    AtomicReference<String> address = new AtomicReference<>();
    try {
      request.accept(OperationAddress.telling(address));
      return Optional.ofNullable(address.get());
    } catch (RuntimeException e) {
      throw AzureErrors.of(doing, e);
    }
  }

  private static <T> T ask(String doing, Supplier<T> request)
      throws ActionFailure, InterruptedException {
    try {
      return request.get();
    } catch (RuntimeException e) {
      throw AzureErrors.of(doing, e);
    }
  }
}
