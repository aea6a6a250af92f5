package io.arbitex.recovery.engine;

import static io.arbitex.recovery.engine.ExecutionState.CLEANING;
import static io.arbitex.recovery.engine.ExecutionState.CLOSED;
import static io.arbitex.recovery.engine.ExecutionState.GATE;
import static io.arbitex.recovery.engine.ExecutionState.NEW;

import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepError;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.StepTransition;
import io.arbitex.recovery.schemas.Times;
import io.arbitex.recovery.schemas.TransitionTable;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One command, carried out boundary by boundary. All that must survive a crash is in the journal; a
 * new execution on the same journal goes on where the last one stood.
 *
 * <ol>
 *   <li>A command past its deadline, cancelled before it began, in observe mode, or of an unknown
 *       procedure is refused. Else it is accepted.
 *   <li>Before each action: is it cancelled, is the deadline past? Then it is stopped and cleaned
 *       up.
 *   <li>An action that has a moment to begin at is waited for.
 *   <li>Is it already so? Then that is recorded. This question comes first after a crash too.
 *   <li>The intent is written, which only the owner of the command can.
 *   <li>The kill switch is read and the proof of ownership must be fresh; then the world is
 *       changed.
 *   <li>Is it so now? Then it is recorded. If not, that is a failure.
 *   <li>A failure that may pass is tried again after a wait. Any other ends the command, after
 *       clean-up; past the point of no return nothing is cleaned up.
 *   <li>The end, its event and its binding are written in one transaction.
 * </ol>
 *
 * <p>An error or exception out of {@link #advance()} stands for a crash: the execution is of no use
 * after it, and a new one is to be built. To be used by one thread, but for {@link #cancel}.
 */
public final class Execution {
  private static final Logger LOG = LoggerFactory.getLogger(Execution.class);

  /** Fact of the action that was the point of no return; the decider listens for it. */
  static final String POINT_OF_NO_RETURN = "point-of-no-return";

  /**
   * Proofs of ownership in a row that are too old when they arrive: the journal is too slow to act
   * on, and trying on would never end.
   */
  private static final int LEASE_ROUNDS = 10;

  private static final int HISTORY = 200;
  private static final Next CONTINUE = new Next.Continue();

  private final StepCommand command;
  private final Ports ports;
  private final CommandLog log;
  private final Course course;
  private final StepEvents events;
  private final TransitionTable<ExecutionState, ExecutionTrigger> table = ExecutionStates.table();
  private final Deque<String> history = new ArrayDeque<>();
  private ExecutionState state;
  private boolean broken;
  private volatile boolean cancelled;
  private ActionRun run;
  private int leaseRounds;
  private Map<String, String> found = Map.of();
  private ActionFailure failure;
  private Next.Finished refused;
  private Next.Finished end;

  /**
   * Begins with the command, or goes on with it, as the journal says.
   *
   * @param procedure the one that the command names; empty when this program does not know it
   */
  public Execution(StepCommand command, Optional<Procedure> procedure, Ports ports) {
    this.command = command;
    this.ports = ports;
    this.log = new CommandLog(command, ports);
    this.course = new Course(command, procedure, log);
    this.events = new StepEvents(command, ports);
    this.cancelled = log.cancelled();
    if (!log.accepted()) {
      state = NEW;
    } else if (log.end().isPresent()) {
      state = CLOSED;
      end = log.end().get();
    } else if (log.damage().isPresent()
        || procedure.isEmpty()
        || log.stop().isPresent()
        || course.gaveUp().isPresent()) {
      state = CLEANING;
    } else {
      state = GATE;
    }
  }

  /** Crosses one boundary. Ended executions say again how they ended. */
  public Next advance() throws InterruptedException {
    if (end != null) {
      return end;
    }
    if (broken) {
      throw new IllegalStateException(
          "this execution of "
              + command.getCommandId()
              + " crashed; build a new one. History: "
              + history);
    }
    broken = true;
    Next next;
    try {
      next =
          switch (state) {
            case NEW -> begin();
            case GATE -> gate();
            case LOOKING -> look();
            case INTENDING -> intend();
            case MAKING -> make();
            case CONFIRMING -> confirm();
            case RECORDING -> record();
            case FAILING -> fail();
            case WAITING -> await();
            case CLEANING -> clean();
            case CLOSING -> close();
            case CLOSED, ABANDONED -> throw new IllegalStateException("ended without an end");
          };
    } catch (OwnershipLost e) {
      go(ExecutionTrigger.OWNERSHIP_LOST);
      end = Ending.ownershipLost(e);
      next = end;
    }
    broken = false;
    return next;
  }

  /**
   * Asks for the end; seen between actions, and by the running action if it looks. Ignored past the
   * point of no return. The caller has made the cancel durable with {@link JournalEntries#cancel}.
   * May be called by any thread.
   */
  public void cancel() {
    cancelled = true;
  }

  public StepCommand command() {
    return command;
  }

  public ExecutionState state() {
    return state;
  }

  /** Name of the action that it works on or worked on last; empty before the first. */
  public String currentAction() {
    return run == null ? "" : run.action.name();
  }

  /** The last transitions, oldest first, each {@code STATE on TRIGGER}. */
  public List<String> history() {
    return List.copyOf(history);
  }

  private Next begin() {
    Instant now = Times.now(ports.clock());
    Optional<Next.Finished> refusal =
        Ending.refusal(command, course, ports.worker(), cancelled, now);
    if (refusal.isPresent()) {
      refused = refusal.get();
      return go(ExecutionTrigger.REFUSE);
    }
    log.accept(events.of(StepTransition.ACCEPTED, "", 1, now, "accepted", Map.of(), null));
    return go(ExecutionTrigger.ACCEPT);
  }

  private Next gate() {
    Optional<Action> next = course.next();
    if (next.isEmpty()) {
      return go(ExecutionTrigger.ALL_DONE);
    }
    Action action = next.get();
    if (!course.mustBeLookedAtFirst(action) && stopIfDue()) {
      return go(ExecutionTrigger.STOP);
    }
    Optional<Instant> begin = action.notBefore(command).filter(ports.clock().instant()::isBefore);
    if (begin.isPresent() && !course.dryRun() && !log.intended(action)) {
      Instant deadline = command.getDeadline();
      return new Next.WaitUntil(deadline.isBefore(begin.get()) ? deadline : begin.get());
    }
    run(action, false);
    return go(
        log.failedAt(action).isPresent() ? ExecutionTrigger.RESUME_WAIT : ExecutionTrigger.PROCEED);
  }

  private Next look() throws InterruptedException {
    Look look = attempt(() -> course.dryRun() ? lookAhead() : run.action.look(run));
    if (look == null) {
      return go(ExecutionTrigger.FAIL);
    }
    if (look instanceof Look.AlreadySo so) {
      found = so.facts();
      return go(ExecutionTrigger.ALREADY_SO);
    }
    String why = ((Look.NotYet) look).why();
    if (course.dryRun()) {
      found = Course.wouldDo(run.action);
      return go(ExecutionTrigger.WOULD_DO);
    }
    if (!run.action.changesWorld()) {
      failure = notConfirmed(why);
      return go(ExecutionTrigger.FAIL);
    }
    return go(ExecutionTrigger.NOT_YET);
  }

  /** In a dry run the world cannot be asked about what would follow from a change not made. */
  private Look lookAhead() throws ActionFailure, InterruptedException {
    if (course.wouldHaveChanged()) {
      return Look.notYet("an earlier action was not carried out");
    }
    try {
      return run.action.look(run);
    } catch (MissingFact e) {
      return Look.notYet(e.getMessage());
    }
  }

  private Next intend() throws InterruptedException {
    // The look may have taken long, and a point of no return that was looked at first is not
    // passed.
    if (!run.cleanUp && !course.passedPointOfNoReturn() && mayStop() && stopIfDue()) {
      return go(ExecutionTrigger.STOP);
    }
    if (run.remaining().isZero()) {
      failure =
          ActionFailure.permanent(
              FailureCode.DEADLINE,
              "no time left for " + run.action.name() + ", begun at " + run.startedAt,
              "See in the progress what took the time.");
      return go(ExecutionTrigger.FAIL);
    }
    if (killSwitchIsOn()) {
      return go(ExecutionTrigger.FAIL);
    }
    boolean again = run.hasToken();
    int tries = log.tries(run.action) + (again ? 0 : 1);
    List<StepEvent> started =
        again
            ? List.of()
            : List.of(
                events.of(
                    StepTransition.ACTION_STARTED,
                    run.action.name(),
                    tries,
                    Times.now(ports.clock()),
                    run.action.intention(),
                    Map.of(),
                    null));
    run.intended(log.intend(run.action, tries, run.startedAt, started));
    return go(ExecutionTrigger.INTENT_WRITTEN);
  }

  private Next make() throws InterruptedException {
    if (killSwitchIsOn()) {
      return go(ExecutionTrigger.FAIL);
    }
    // Last, since reading the switch may take long: a process that stood still must prove again
    // that it is the owner.
    if (ports.lease().lost() || ports.lease().age().compareTo(ports.leaseLimit()) > 0) {
      leaseRounds++;
      if (leaseRounds <= LEASE_ROUNDS || ports.lease().lost()) {
        return go(ExecutionTrigger.LEASE_OLD);
      }
      leaseRounds = 0;
      failure =
          ActionFailure.passing(
              FailureCode.DEADLINE,
              "the journal answers too slowly to act on: "
                  + LEASE_ROUNDS
                  + " proofs of ownership in a row were older than "
                  + ports.leaseLimit().toMillis()
                  + " ms when they arrived",
              "See to the brokers and the network between them and the executors.");
      return go(ExecutionTrigger.FAIL);
    }
    leaseRounds = 0;
    Boolean made =
        attempt(
            () -> {
              run.make();
              return true;
            });
    return go(made == null ? ExecutionTrigger.FAIL : ExecutionTrigger.MADE);
  }

  private Next confirm() throws InterruptedException {
    Look look = attempt(() -> run.action.look(run));
    if (look instanceof Look.AlreadySo so) {
      found = so.facts();
      return go(ExecutionTrigger.ALREADY_SO);
    }
    if (look instanceof Look.NotYet not) {
      failure = notConfirmed(not.why());
    }
    return go(ExecutionTrigger.FAIL);
  }

  private Next record() {
    if (!course.dryRun() && course.isPointOfNoReturn(run.action)) {
      found = new LinkedHashMap<>(found);
      found.put(POINT_OF_NO_RETURN, run.action.intention());
    }
    StepEvent event =
        events.of(
            StepTransition.ACTION_DONE,
            run.action.name(),
            1,
            run.startedAt,
            run.action.intention(),
            found,
            null);
    log.done(run.action, run.startedAt, found, event);
    return go(run.cleanUp ? ExecutionTrigger.CLEANED : ExecutionTrigger.RECORDED);
  }

  private Next fail() throws InterruptedException {
    int failures = log.failures(run.action) + 1;
    RetryPolicy policy = run.action.retry();
    boolean worthIt =
        failure.retryable()
            && failures < policy.maxTries()
            && ports.clock().instant().plus(policy.waitAfter(failures)).isBefore(run.limit)
            && (run.cleanUp || !cancelled || course.passedPointOfNoReturn());
    List<StepEvent> told = new ArrayList<>();
    if (worthIt) {
      told.add(
          events.of(
              StepTransition.ACTION_RETRIED,
              run.action.name(),
              failures,
              run.startedAt,
              failure.getMessage(),
              Map.of(),
              failure.toError()));
    } else if (run.cleanUp) {
      told.add(
          events.line(
              run.action.name(),
              run.startedAt,
              "could not be cleaned up: " + failure.getMessage()));
    }
    boolean ruledOut = !worthIt && ruledOut();
    log.failed(run.action, run.startedAt, error(failures), !worthIt, ruledOut, told);
    return go(worthIt ? ExecutionTrigger.RETRY : ExecutionTrigger.GIVE_UP);
  }

  /**
   * Whether the point of no return, which was intended, certainly did not happen and cannot any
   * more. While the kill switch is thrown the question is not asked, since the answer may lock
   * earlier tries out: then it counts as passed.
   */
  private boolean ruledOut() throws InterruptedException {
    if (!course.mustBeLookedAtFirst(run.action) || run.stopped().isPresent()) {
      return false;
    }
    if (!run.hasToken()) {
      run.intended(log.intend(run.action, log.tries(run.action), run.startedAt, List.of()));
    }
    try {
      return run.action.ruledOut(run);
    } catch (OwnershipLost e) {
      throw e;
    } catch (ActionFailure | RuntimeException e) {
      LOG.warn(
          "{}: cannot rule out that {} happened", command.getCommandId(), run.action.name(), e);
      return false;
    }
  }

  /** A point of no return that was begun is stopped only when it is certain that it did nothing. */
  private boolean mayStop() throws InterruptedException {
    return !course.mustBeLookedAtFirst(run.action) || !stopDue() || ruledOut();
  }

  private StepError error(int failures) {
    StepError error = failure.toError();
    if (failures > 1) {
      error.setMessage(error.getMessage() + " (after " + failures + " tries)");
    }
    return error;
  }

  private Next await() {
    Instant due =
        log.failedAt(run.action)
            .orElseThrow()
            .plus(run.action.retry().waitAfter(log.failures(run.action)));
    boolean mayStop = !run.cleanUp && !course.mustBeLookedAtFirst(run.action);
    if (mayStop && stopIfDue()) {
      return go(ExecutionTrigger.STOP);
    }
    if (ports.clock().instant().isBefore(due)) {
      Instant deadline = command.getDeadline();
      return new Next.WaitUntil(mayStop && deadline.isBefore(due) ? deadline : due);
    }
    run(run.action, run.cleanUp);
    return go(ExecutionTrigger.DUE);
  }

  private Next clean() {
    if (log.damage().isPresent()
        || course.procedure().isEmpty()
        || course.dryRun()
        || course.passedPointOfNoReturn()
        || !course.begun()) {
      return go(ExecutionTrigger.CLEANED);
    }
    Optional<Action> next = course.nextCleanUp();
    if (next.isEmpty()) {
      return go(ExecutionTrigger.CLEANED);
    }
    run(next.get(), true);
    return go(
        log.failedAt(next.get()).isPresent()
            ? ExecutionTrigger.RESUME_WAIT
            : ExecutionTrigger.PROCEED);
  }

  private Next close() {
    Next.Finished ended = refused != null ? refused : Ending.of(command, course, log, cancelled);
    Map<String, String> facts = course.found();
    // The decider may have missed every earlier event; the end must tell it too.
    course.passed().ifPresent(what -> facts.put(POINT_OF_NO_RETURN, what));
    Instant now = Times.now(ports.clock());
    Optional<Binding> binding = Optional.empty();
    if (ended.outcome() == Outcome.DONE && !course.dryRun()) {
      try {
        binding =
            course
                .procedure()
                .flatMap(Procedure::publication)
                .map(made -> made.binding(command, course.known(), now));
      } catch (RuntimeException e) {
        ended = Ending.unpublished(e);
      }
    }
    StepTransition transition =
        switch (ended.outcome()) {
          case DONE -> StepTransition.DONE;
          case CANCELLED -> StepTransition.CANCELLED;
          case REFUSED -> StepTransition.REFUSED;
          case FAILED, OWNERSHIP_LOST -> StepTransition.FAILED;
        };
    String text =
        ended
            .error()
            .map(StepError::getMessage)
            .orElse(
                course.dryRun()
                    ? "dry run: nothing was changed"
                    : command.getProcedure() + " is done");
    StepEvent event =
        events.of(
            transition,
            "",
            1,
            log.startedAt(JournalEntries.COMMAND).orElse(now),
            text,
            facts,
            ended.error().orElse(null));
    log.close(ended, event, binding);
    go(ExecutionTrigger.CLOSE);
    end = ended;
    return ended;
  }

  private boolean stopDue() {
    return cancelled || !Times.now(ports.clock()).isBefore(command.getDeadline());
  }

  /** Writes down that the command is stopped between actions, if it is to be. */
  private boolean stopIfDue() {
    if (course.passedPointOfNoReturn()) {
      return false;
    }
    if (cancelled) {
      log.stopped(
          Outcome.CANCELLED,
          new StepError(FailureCode.UNKNOWN, "cancelled between actions", "Nothing.", ""));
      return true;
    }
    Instant now = Times.now(ports.clock());
    if (!now.isBefore(command.getDeadline())) {
      log.stopped(
          course.begun() ? Outcome.FAILED : Outcome.REFUSED,
          new StepError(
              FailureCode.DEADLINE,
              "not done by its deadline " + command.getDeadline(),
              "See in the progress which action took the time; raise the procedure's timeout if"
                  + " the time was well spent.",
              ""));
      return true;
    }
    return false;
  }

  private boolean killSwitchIsOn() throws InterruptedException {
    Optional<String> reason = run.stopped();
    reason.ifPresent(
        why ->
            failure =
                ActionFailure.permanent(
                    FailureCode.KILL_SWITCH,
                    "stopped before " + run.action.name() + ": " + why,
                    "Release the kill switch when changes are safe again, then retry."));
    return reason.isPresent();
  }

  private ActionFailure notConfirmed(String why) {
    return ActionFailure.passing(
        FailureCode.NOT_CONFIRMED,
        run.action.name() + " is not so: " + why,
        "Look at the target: what was asked for is not what is there.");
  }

  @FunctionalInterface
  private interface Attempt<T> {
    T run() throws ActionFailure, InterruptedException;
  }

  /** The result, or null after a failure that is now in {@link #failure}. */
  private <T> T attempt(Attempt<T> attempt) throws InterruptedException {
    try {
      return attempt.run();
    } catch (OwnershipLost e) {
      throw e;
    } catch (ActionFailure e) {
      failure = e;
    } catch (RuntimeException e) {
      LOG.error("{}: {} met an unknown error", command.getCommandId(), run.action.name(), e);
      failure = ActionFailure.unknown(run.action.name(), e);
    }
    return null;
  }

  private void run(Action action, boolean cleanUp) {
    Instant startedAt = log.startedAt(action.name()).orElseGet(() -> Times.now(ports.clock()));
    Instant limit = startedAt.plus(action.deadline());
    if (!cleanUp && !course.passedPointOfNoReturn() && command.getDeadline().isBefore(limit)) {
      limit = command.getDeadline();
    }
    run =
        new ActionRun(
            action,
            cleanUp,
            startedAt,
            limit,
            command,
            ports,
            log,
            events,
            course::known,
            () -> cancelled && !cleanUp && !course.passedPointOfNoReturn());
  }

  private Next go(ExecutionTrigger trigger) {
    ExecutionState before = state;
    state = table.next(before, trigger, history());
    history.addLast(before + " on " + trigger);
    if (history.size() > HISTORY) {
      history.removeFirst();
    }
    return CONTINUE;
  }
}
