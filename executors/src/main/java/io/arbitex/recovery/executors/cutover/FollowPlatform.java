package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.checks.CheckResult;
import io.arbitex.recovery.checks.EndpointCheck;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.database.AdminDoor;
import io.arbitex.recovery.executors.database.DatabaseFailures;
import io.arbitex.recovery.executors.database.MarkedDatabase;
import io.arbitex.recovery.executors.database.Sql;
import io.arbitex.recovery.executors.kubernetes.LaterStores;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The platform has followed: its role has a session on the target, and all of its health endpoints
 * answer 200. Health alone says nothing, since it may come from the old server. The target is a
 * fresh database and its login is new, so any session of the role began after the switch; our own
 * services' sessions do not count. While another store of the incident is still to be recovered the
 * platform may be kept from both by just that. Then, if all that wrote was stopped and started
 * anew, they are left to the suite at the incident's end, and only the secret has to name the
 * target.
 */
final class FollowPlatform extends BoundAction {
  private static final String SESSIONS =
      "SELECT count(*) FROM pg_stat_activity WHERE usename = ? AND datname = ?"
          + " AND coalesce(application_name, '') NOT LIKE 'recovery-%'";

  private final CutoverSettings settings;
  private final EndpointCheck check = new EndpointCheck(Duration.ofSeconds(5));

  FollowPlatform(CutoverSettings settings) {
    super(
        "follow-platform",
        "wait until the platform is healthy on the target",
        false,
        Duration.ofMinutes(5),
        RetryPolicy.every(Duration.ofMillis(200)));
    this.settings = settings;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    // Where nothing was stopped, the old server may still be in use: then all is asked for.
    boolean alone = settings.writers().isEmpty() || LaterStores.of(context).isEmpty();
    for (String address : alone ? addresses() : List.<String>of()) {
      CheckResult result = check.health(URI.create(address));
      if (!result.passed()) {
        return Look.notYet(address + ": " + result.measured());
      }
    }
    MarkedDatabase target = settings.target(context);
    if (!settings.secret().names(target)) {
      return Look.notYet("the connection secret does not name the target any more: who wrote it?");
    }
    String role = settings.postgresql().applicationRole();
    try (Connection maintenance = target.door().open(AdminDoor.MAINTENANCE, AdminDoor.SHORT)) {
      long sessions = Sql.number(maintenance, SESSIONS, role, target.name());
      return alone && sessions == 0
          ? Look.notYet("the platform is healthy, but " + role + " has no session on the target")
          : Look.alreadySo(Map.of(CutoverFacts.SESSIONS, Long.toString(sessions)));
    } catch (SQLException e) {
      throw DatabaseFailures.of(target.door().server().name() + ": look for the platform", e);
    }
  }

  private List<String> addresses() {
    return settings.platform().endpoints().health();
  }
}
