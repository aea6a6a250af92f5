package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.lab.world.Lab;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.ValidationOutcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.apache.avro.specific.SpecificRecordBase;

/**
 * Kills processes with signal 9 at chosen moments of a recovery, and starts each again: what a
 * supervisor would do.
 */
public final class CrashPlan implements AutoCloseable {

  /**
   * Kill {@code process} when the record comes by that {@code moment} names.
   *
   * @param moment an incident event's kind ({@code OPENED}), with the id of its step where it has
   *     one ({@code STEP_DISPATCHED verify}), an action of a step with its transition ({@code
   *     restore-dump:ACTION_STARTED}), or {@code VERDICT}
   * @param wipe delete the process's local state too, as a lost disk would
   */
  public record Kill(String process, String moment, boolean wipe) {
    public Kill(String process, String moment) {
      this(process, moment, false);
    }
  }

  private static final List<String> MOMENTS =
      List.of(
          "OPENED",
          "PLAN_ISSUED",
          "check-tools:ACTION_DONE",
          "choose-restore-point:ACTION_DONE",
          "create-database:ACTION_STARTED",
          "create-database:ACTION_DONE",
          "restore-dump:ACTION_STARTED",
          "restore-dump:ACTION_DONE",
          "prove-database:ACTION_DONE",
          "stop-writers:ACTION_STARTED",
          "stop-writers:ACTION_DONE",
          "fence-source:ACTION_DONE",
          "open-target:ACTION_STARTED",
          "switch-secret:ACTION_STARTED",
          "switch-secret:ACTION_DONE",
          "start-writers:ACTION_STARTED",
          "start-writers:ACTION_DONE",
          "follow-platform:ACTION_DONE",
          "STEP_DONE",
          "PROVEN");
  private static final List<String> VICTIMS =
      List.of(
          "classifier", "executors", "verifier", "observer-a", "broker", "executors", "kubernetes");

  private final Lab lab;
  private final List<Kill> waiting;
  private final Consumer<String> say;
  private final List<String> done = Collections.synchronizedList(new ArrayList<>());
  private final BlockingQueue<Kill> due = new LinkedBlockingQueue<>();
  private final Thread thread = new Thread(this::run, "crashes");

  public CrashPlan(Lab lab, List<Kill> kills, Consumer<String> say) {
    this.lab = lab;
    this.waiting = new ArrayList<>(kills);
    this.say = say;
    thread.setDaemon(true);
    thread.start();
  }

  /** Four kills drawn from a seed. */
  public static List<Kill> drawn(long seed) {
    Random random = new Random(seed);
    List<Kill> kills = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      kills.add(
          new Kill(
              VICTIMS.get(random.nextInt(VICTIMS.size())),
              MOMENTS.get(random.nextInt(MOMENTS.size())),
              random.nextInt(3) == 0));
    }
    return kills;
  }

  /** To be told of every record, as it comes. */
  public synchronized void see(SpecificRecordBase value) {
    waiting.removeIf(
        kill -> {
          boolean now = matches(kill.moment(), value);
          if (now) {
            due.add(kill);
          }
          return now;
        });
  }

  private static boolean matches(String moment, SpecificRecordBase value) {
    if (value instanceof IncidentEvent event) {
      String kind = event.getKind().name();
      return kind.equals(moment) || (kind + " " + event.getStepId()).equals(moment);
    }
    if (value instanceof StepEvent event && !event.getWorker().equals("notify")) {
      return (event.getAction() + ":" + event.getTransition()).equals(moment);
    }
    return value instanceof ValidationOutcome outcome && outcome.getKind().name().equals(moment);
  }

  private void run() {
    try {
      while (true) {
        Kill kill = due.take();
        lab.kill(kill.process());
        if (kill.wipe()) {
          lab.wipeLocalState(kill.process());
        }
        lab.start(kill.process());
        String what = said(kill);
        done.add(what);
        say.accept(what);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      done.add("could not crash: " + e);
    }
  }

  /** A kill in words. */
  static String said(Kill kill) {
    return "kill -9 of "
        + kill.process()
        + " at "
        + kill.moment()
        + (kill.wipe() ? ", disk wiped" : "");
  }

  /** What was killed. */
  public List<String> done() {
    return List.copyOf(done);
  }

  @Override
  public void close() {
    thread.interrupt();
    try {
      thread.join(5_000);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
