package io.arbitex.recovery.lab.azure.servers;

import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Work;
import io.arbitex.recovery.lab.azure.postgresql.IpRange;
import io.arbitex.recovery.lab.azure.postgresql.Postgres;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/** Puts or removes a firewall rule. Connections that are open stay. */
public final class ChangeFirewall implements Work {
  /** The rule's name. */
  public static final String RULE = "rule";

  /** The first address; absent to remove the rule. */
  public static final String START = "start";

  /** The last address. */
  public static final String END = "end";

  private final Servers servers;

  public ChangeFirewall(Servers servers) {
    this.servers = servers;
  }

  @Override
  public void run(Operation operation) throws IOException, InterruptedException {
    Map<String, String> wanted = operation.parameters();
    FlexibleServer server =
        servers.change(
            operation.target(),
            each -> {
              Map<String, IpRange> rules = new TreeMap<>(each.firewall());
              if (wanted.containsKey(START)) {
                rules.put(wanted.get(RULE), new IpRange(wanted.get(START), wanted.get(END)));
              } else {
                rules.remove(wanted.get(RULE));
              }
              return each.withFirewall(rules);
            });
    Postgres postgres = servers.postgres(server);
    postgres.allow(server.firewall().values());
    if (postgres.postmaster().isPresent()) {
      postgres.reload();
    }
  }

  @Override
  public void abandon(Operation operation) {
    // The request changed nothing.
  }
}
