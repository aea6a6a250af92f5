package io.arbitex.recovery.decider.simulation;

import io.arbitex.recovery.decider.Decided;
import io.arbitex.recovery.decider.Decider;
import io.arbitex.recovery.decider.DecisionLog;
import io.arbitex.recovery.decider.Input;
import io.arbitex.recovery.decider.Output;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.JournalWrite;
import io.arbitex.recovery.record.Approval;
import io.arbitex.recovery.record.ApprovalKind;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.CheckStatus;
import io.arbitex.recovery.record.Decision;
import io.arbitex.recovery.record.DecisionInput;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.record.FleetEvent;
import io.arbitex.recovery.record.FleetKind;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthSource;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.InputKind;
import io.arbitex.recovery.record.OutcomeKind;
import io.arbitex.recovery.record.PlatformState;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.Symptom;
import io.arbitex.recovery.record.ValidationOutcome;
import io.arbitex.recovery.schemas.Framing;
import io.arbitex.recovery.schemas.Times;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.avro.specific.SpecificRecordBase;

/** One run: a world, a fault, mishaps on the way, everything from one seed. */
final class Simulation {
  static final String PLATFORM = "lab";

  /** What happens to the world. */
  enum Fault {
    /** The server is gone for good. */
    LOST,
    /** It is away for less than restoreAfter. */
    SHORT_OUTAGE,
    /** It comes back whole, some time later. */
    RETURNS,
    /** One observer is cut off and says DOWN. */
    ONE_OBSERVER_WRONG,
    /** The server is gone, and the newest dump does not pass its proof. */
    LOST_AND_BAD_DUMP
  }

  private final Random random;
  private final Fault fault;
  private final Framing framing = new Framing();
  private final Decider decider;
  private final DecisionLog log;
  private final boolean mishaps;
  final VirtualTime time = new VirtualTime();
  final ModelWorld world = new ModelWorld();
  final List<IncidentEvent> incidents = new ArrayList<>();
  final List<Decision> decisions = new ArrayList<>();
  final List<String> commands = new ArrayList<>();
  private final ModelExecutors executors;
  private final long[] boundEpoch = new long[3];
  private final int[] streak = new int[3];
  private final HealthStatus[] last = new HealthStatus[3];
  private final Instant[] badSince = new Instant[3];
  private byte[] state;

  /** What another classifier would find; heartbeats of quiet times are not in it. */
  private byte[] kept;

  private Instant lastProgress;
  private boolean wrongObserver;
  private boolean open;
  private Instant struckAt;
  private long offset;

  Simulation(long seed, Fault fault, boolean mishaps, Decider decider) {
    this.random = new Random(seed);
    this.fault = fault;
    this.mishaps = mishaps;
    this.decider = decider;
    this.log = new DecisionLog(framing, decider);
    this.state = framing.encode(Decider.initial(PLATFORM));
    this.kept = state;
    this.lastProgress = time.instant();
    ModelProcedures procedures =
        new ModelProcedures(
            world,
            new ModelProcedures.Mishaps() {
              @Override
              public void before(String action) throws ActionFailure {
                executorsCrash("before " + action);
                if (mishaps && random.nextInt(15) == 0) {
                  throw ActionFailure.passing(
                      FailureCode.TARGET_UNREACHABLE, "the network blinked", "wait");
                }
              }

              @Override
              public void after(String action) {
                executorsCrash("after " + action);
              }

              @Override
              public boolean badDump(String restorePoint) {
                return Simulation.this.fault == Fault.LOST_AND_BAD_DUMP
                    && restorePoint.equals("rp-2");
              }
            });
    this.executors = new ModelExecutors(time, random, procedures, mishaps ? 6 : 0, this::published);
  }

  private void executorsCrash(String where) {
    executors.maybeCrash(where);
  }

  /** Runs half an hour of virtual time. */
  void run() {
    Instant start = time.instant();
    for (int i = 1; i <= 2; i++) {
      restorePoint("rp-" + i, start.minusSeconds(1_200 - 300L * i));
    }
    for (int i = 0; i < 3; i++) {
      int observer = i;
      time.in(Duration.ofMillis(random.nextInt(1_000)), () -> observe(observer));
    }
    struckAt = start.plusSeconds(20);
    time.at(struckAt, this::strike);
    if (mishaps) {
      for (int i = 0; i < 2; i++) {
        time.in(Duration.ofSeconds(20 + random.nextInt(40)), executors::takeOverFromLiving);
      }
    }
    if (mishaps && random.nextInt(3) == 0) {
      Duration at = Duration.ofMillis(20_000 + random.nextInt(20_000));
      time.in(at, () -> decree(ApprovalKind.HOLD));
      time.in(at.plusMillis(200 + random.nextInt(8_000)), () -> decree(ApprovalKind.RELEASE));
    }
    Instant longest = start.plus(Duration.ofMinutes(30));
    Instant quiet = start.plusSeconds(120);
    boolean going = true;
    while (going) {
      going = time.next(over() ? quiet : longest);
      if (!over()) {
        quiet = time.instant().plusSeconds(30);
      }
    }
  }

  /** The fault has struck and no incident is open; half a minute later it must still be so. */
  private boolean over() {
    return time.instant().isAfter(struckAt) && !open;
  }

  private void strike() {
    switch (fault) {
      case LOST, LOST_AND_BAD_DUMP -> world.primaryUp = false;
      case SHORT_OUTAGE -> {
        world.primaryUp = false;
        time.in(Duration.ofMillis(500 + random.nextInt(4_000)), () -> world.primaryUp = true);
      }
      case RETURNS -> {
        world.primaryUp = false;
        time.in(Duration.ofMillis(8_000 + random.nextInt(12_000)), () -> world.primaryUp = true);
      }
      case ONE_OBSERVER_WRONG -> {
        wrongObserver = true;
        time.in(Duration.ofSeconds(60), () -> wrongObserver = false);
      }
    }
  }

  // ---- observers ------------------------------------------------------------------------------

  private void observe(int observer) {
    boolean good =
        boundEpoch[observer] == 0 ? world.primaryUp : world.spare.containsKey(world.secret);
    if (observer == 0 && wrongObserver) {
      good = false;
    }
    if (mishaps && random.nextInt(60) == 0) {
      good = !good && random.nextInt(4) == 0;
    }
    HealthStatus status = good ? HealthStatus.UP : HealthStatus.DOWN;
    Instant now = Times.now(time);
    streak[observer] = status == last[observer] ? streak[observer] + 1 : 1;
    last[observer] = status;
    badSince[observer] = good ? null : badSince[observer] == null ? now : badSince[observer];
    HealthEvent event =
        HealthEvent.newBuilder()
            .setId(observer + "/" + now)
            .setPlatform(PLATFORM)
            .setComponent("postgresql")
            .setObserver("observer-" + observer)
            .setSource(HealthSource.PROBE)
            .setStatus(status)
            .setSymptom(good ? Symptom.NONE : Symptom.UNREACHABLE)
            .setConsecutive(streak[observer])
            .setResource("primary")
            .setBindingEpoch(boundEpoch[observer])
            .setObservedAt(now)
            .setBadSince(badSince[observer])
            .setDetail("")
            .build();
    send(event, 40);
    if (mishaps && random.nextInt(20) == 0) {
      send(event, 2_000);
    }
    time.in(Duration.ofMillis(950 + random.nextInt(100)), () -> observe(observer));
  }

  private void decree(ApprovalKind kind) {
    send(new Approval("a", PLATFORM, "", kind, "ada", "a look", "", Times.now(time), null), 20);
  }

  /** The resource that the pipeline takes for the component. */
  String bound() {
    return framing.decode(state, PlatformState.class).getComponents().get(0).getResource();
  }

  private void restorePoint(String id, Instant takenAt) {
    send(
        RestorePoint.newBuilder()
            .setId(id)
            .setPlatform(PLATFORM)
            .setComponent("postgresql")
            .setKind(RestorePointKind.DUMP)
            .setState(RestorePointState.AVAILABLE)
            .setTakenAt(takenAt)
            .setFinishedAt(takenAt)
            .setLocation(id)
            .setFormat("custom")
            .setSizeBytes(1)
            .setSha256("")
            .setToolVersion("")
            .setServerVersion("")
            .build(),
        1);
  }

  // ---- records to and from the decider --------------------------------------------------------

  private void send(SpecificRecordBase value, int delayMillis) {
    byte[] bytes = framing.encode(value);
    time.in(Duration.ofMillis(1 + random.nextInt(delayMillis)), () -> decide(Optional.of(bytes)));
  }

  private void published(JournalWrite write) {
    for (SpecificRecordBase event : write.events()) {
      byte[] bytes = framing.encode(event);
      Instant at = time.instant().plusMillis(1 + random.nextInt(50));
      lastProgress = at.isAfter(lastProgress) ? at : lastProgress;
      time.at(lastProgress, () -> decide(Optional.of(bytes)));
    }
    write
        .binding()
        .ifPresent(
            (Binding binding) -> {
              send(binding, 3_000);
              for (int i = 0; i < 3; i++) {
                int observer = i;
                time.in(
                    Duration.ofMillis(random.nextInt(1_500)),
                    () -> {
                      boundEpoch[observer] = binding.getEpoch();
                      last[observer] = null;
                      badSince[observer] = null;
                    });
              }
            });
  }

  private void decide(Optional<byte[]> record) {
    Instant now = Times.now(time);
    if (mishaps && random.nextInt(50) == 0) {
      state = framing.encode(Decider.resumed(framing.decode(kept, PlatformState.class), now));
    }
    PlatformState before = framing.decode(state, PlatformState.class);
    Input input = record.map(bytes -> Input.of(framing.decode(bytes))).orElse(new Input.Timer());
    Decided decided = decider.decide(before, input, now);
    if (decided.rejected().isPresent()) {
      world.broken.add("rejected: " + decided.rejected().get());
      return;
    }
    state = framing.encode(decided.state());
    open = decided.state().getIncident() != null;
    if (decided.significant()) {
      kept = state;
      DecisionInput place =
          record.isPresent()
              ? new DecisionInput(
                  InputKind.RECORD, "inputs", 0, offset++, ByteBuffer.wrap(record.get()))
              : new DecisionInput(InputKind.TIMER, "", -1, -1L, ByteBuffer.allocate(0));
      decisions.add(log.applied(before, place, decided, now));
    }
    decided.outputs().forEach(this::deliver);
    decider
        .nextDue(decided.state(), now)
        .ifPresent(
            due ->
                time.at(
                    due.plusMillis(random.nextInt(50)),
                    () -> {
                      if (isStillDue(due)) {
                        decide(Optional.empty());
                      }
                    }));
  }

  private boolean isStillDue(Instant due) {
    PlatformState now = framing.decode(state, PlatformState.class);
    return decider.nextDue(now, due.minusNanos(1_000)).filter(due::equals).isPresent();
  }

  private void deliver(Output output) {
    if (output.value() instanceof IncidentEvent event) {
      incidents.add(event);
    } else if (output.value() instanceof FleetEvent event && event.getKind() == FleetKind.REQUEST) {
      send(FleetEvent.newBuilder(event).setKind(FleetKind.GRANT).build(), 40);
    } else if (output.value() instanceof StepCommand command
        && !command.getWorker().equals("notify")) {
      commands.add(command.getProcedure() + " " + command.getKind());
      Duration delay = Duration.ofMillis(1 + random.nextInt(60));
      if (command.getWorker().equals("verifier")) {
        time.in(delay.plusMillis(random.nextInt(3_000)), () -> verify(command));
      } else {
        time.in(delay, () -> executors.deliver(command));
      }
    }
  }

  private void verify(StepCommand command) {
    boolean good = world.platformServes() && !world.secret.equals("primary");
    ValidationOutcome verdict =
        ValidationOutcome.newBuilder()
            .setId(command.getCommandId() + "/verdict")
            .setCommandId(command.getCommandId())
            .setIncidentId(command.getIncidentId())
            .setPlatform(PLATFORM)
            .setStepId(command.getStepId())
            .setKind(OutcomeKind.VERDICT)
            .setComponent("")
            .setCheck("verdict")
            .setStatus(good ? CheckStatus.PASS : CheckStatus.FAIL)
            .setExpected("")
            .setMeasured("")
            .setStartedAt(Times.now(time))
            .setAt(Times.now(time))
            .build();
    send(verdict, 50);
    if (mishaps && random.nextInt(5) == 0) {
      send(verdict, 5_000);
    }
  }
}
