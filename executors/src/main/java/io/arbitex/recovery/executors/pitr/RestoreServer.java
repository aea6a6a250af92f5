package io.arbitex.recovery.executors.pitr;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.engine.RetryPolicy;
import io.arbitex.recovery.executors.BoundAction;
import io.arbitex.recovery.executors.azure.FlexibleServer;
import io.arbitex.recovery.executors.azure.FlexibleServers;
import io.arbitex.recovery.executors.azure.OperationWait;
import io.arbitex.recovery.executors.database.RestoreFacts;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.Symptom;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A new server with the data of the chosen moment. It is ordered once: a server of our name with
 * our tag is waited for, whoever ordered it, and a server of our name without it is nobody's to
 * touch. The operation's address is journalled before the wait, so that after a crash the wait goes
 * on and tells why, should Azure give up. Before the order itself it is journalled that there is
 * one: one that was never answered may still be carried out when everybody has given it up.
 */
final class RestoreServer extends BoundAction {
  private static final Duration PAUSE = Duration.ofSeconds(2);

  /** A server that Azure has accepted is seen by its name within it. */
  private static final Duration APPEARS = Duration.ofMinutes(1);

  private final PitrSource source;

  RestoreServer(PitrSource source) {
    super(
        "restore-server",
        "let Azure restore the source to the moment, as a new server",
        true,
        Duration.ofHours(6),
        RetryPolicy.upTo(6, Duration.ofSeconds(1), Duration.ofSeconds(15)));
    this.source = source;
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    String name = name(context);
    Optional<FlexibleServer> found = source.azure().open(context).find(name);
    if (found.isEmpty()) {
      return Look.notYet("Azure has no server " + name);
    }
    refuseForeign(context, found.get());
    return found.get().ready() && found.get().host().isPresent()
        ? Look.alreadySo(facts(context, found.get()))
        : Look.notYet("the server " + name + " is " + found.get().state());
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    FlexibleServers servers = source.azure().open(context);
    String name = name(context);
    Optional<FlexibleServer> there = servers.find(name);
    Optional<String> operation = context.fact(PitrFacts.OPERATION).filter(at -> !at.isEmpty());
    if (there.isPresent()) {
      refuseForeign(context, there.get());
      answered(context);
    } else if (operation.isEmpty()) {
      operation = order(context, servers, name);
    }
    String doing =
        "restore %s to %s as %s"
            .formatted(
                context.required(PitrFacts.SOURCE_SERVER),
                context.required(PitrFacts.MOMENT),
                name);
    OperationWait.end(context, servers, operation, doing);
    untilReady(context, servers, name, doing);
  }

  private Optional<String> order(ActionContext context, FlexibleServers servers, String name)
      throws ActionFailure, InterruptedException {
    String from = context.required(PitrFacts.SOURCE_SERVER);
    FlexibleServer of =
        servers
            .find(from)
            .orElseThrow(
                () ->
                    ActionFailure.permanent(
                        FailureCode.NO_RESTORE_POINT,
                        "Azure no longer has the server " + from,
                        "A deleted server can be revived for 5 days: ask for it in the portal."));
    boolean unanswered = unanswered(context);
    context.remember(PitrFacts.ORDERED, name);
    try {
      Optional<String> operation =
          servers.beginRestore(
              name, of, Instant.parse(context.required(PitrFacts.MOMENT)), tags(context));
      if (operation.isPresent()) {
        context.remember(PitrFacts.OPERATION, operation.get());
      }
      answered(context);
      return operation;
    } catch (ActionFailure e) {
      if (isTaken(context, servers, name, e)) {
        answered(context);
        return Optional.empty();
      }
      if (FlexibleServers.isRefusal(e) && !unanswered) {
        answered(context);
      }
      throw anotherMomentMayDo(context, e);
    }
  }

  /**
   * The newest moment of a lost server may be one that Azure's archive has not reached: then the
   * next one costs minutes, and a dump hours. By which name Azure says so is not known for certain,
   * so any objection to the order counts once; one that names the moment counts each time.
   */
  private static ActionFailure anotherMomentMayDo(ActionContext context, ActionFailure refusal) {
    Symptom symptom = Symptom.valueOf(context.required(RestoreFacts.SYMPTOM));
    boolean first = context.fact(RestoreFacts.EXCLUDE).orElse("").isEmpty();
    boolean objected =
        refusal.code() == FailureCode.NO_RESTORE_POINT
            || (refusal.code() == FailureCode.TOOL_FAILED && first);
    return objected && !RestoreMoment.mustBeProven(symptom)
        ? new ActionFailure(
            FailureCode.PROOF_FAILED,
            refusal.getMessage(),
            "An earlier moment is tried. " + refusal.hint(),
            false,
            refusal)
        : refusal;
  }

  /** The order, whose answer was lost, may have been taken all the same. */
  private static boolean isTaken(
      ActionContext context, FlexibleServers servers, String name, ActionFailure lost)
      throws InterruptedException {
    try {
      return servers.find(name).filter(found -> ours(context, found)).isPresent();
    } catch (ActionFailure e) {
      lost.addSuppressed(e);
      return false;
    }
  }

  static boolean unanswered(ActionContext context) {
    return context.fact(PitrFacts.ORDERED).filter(name -> !name.isEmpty()).isPresent();
  }

  private static void answered(ActionContext context) {
    if (unanswered(context)) {
      context.remember(PitrFacts.ORDERED, "");
    }
  }

  private void untilReady(ActionContext context, FlexibleServers servers, String name, String doing)
      throws ActionFailure, InterruptedException {
    long begin = System.nanoTime();
    while (true) {
      Optional<FlexibleServer> found = servers.find(name);
      if (found.isPresent()) {
        refuseForeign(context, found.get());
        if (found.get().ready() && found.get().host().isPresent()) {
          return;
        }
      } else if (System.nanoTime() - begin > APPEARS.toNanos()) {
        throw ActionFailure.permanent(
            FailureCode.TOOL_FAILED,
            "Azure took the order but has no server " + name,
            "See Azure's activity log for the operation.");
      }
      OperationWait.pause(context, PAUSE, doing);
    }
  }

  private String name(ActionContext context) {
    return PitrSource.nameOfNew(context.required(PitrFacts.SOURCE_SERVER), context.command());
  }

  private static Map<String, String> tags(ActionContext context) {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put(OwnServer.TAG, context.command().getCommandId());
    tags.put("recovery-incident", context.command().getIncidentId());
    tags.put("recovery-moment", context.required(PitrFacts.MOMENT));
    return tags;
  }

  private static boolean ours(ActionContext context, FlexibleServer found) {
    return OwnServer.is(found, context.command());
  }

  private static void refuseForeign(ActionContext context, FlexibleServer found)
      throws ActionFailure {
    if (!ours(context, found)) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "there is a server " + found.name() + " in Azure that this recovery did not order",
          "See whose it is; it is not touched.");
    }
  }

  private Map<String, String> facts(ActionContext context, FlexibleServer found)
      throws ActionFailure {
    Inventory.Server of = source.server(context);
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put(RestoreFacts.SERVER, found.name());
    facts.put(RestoreFacts.SERVER_HOST, found.host().orElseThrow());
    facts.put(RestoreFacts.SERVER_LIKE, source.like(context));
    facts.put(RestoreFacts.DATABASE, source.database(context));
    facts.put(RestoreFacts.SERVER_PORT, Integer.toString(of.port()));
    return facts;
  }
}
