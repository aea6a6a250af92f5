package io.arbitex.recovery.configuration;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How incidents are judged and answered ({@code runbook.yaml}). All of design section 4 is policy;
 * every field has the runbook's value where it is left out.
 *
 * @param text the file as it was read; it goes into the decision log
 */
public record Policy(
    Mode mode,
    Detection detection,
    Map<String, Targets> severities,
    Phases phases,
    List<String> storeOrder,
    Symptoms symptoms,
    Procedures procedures,
    Guards guards,
    Fleet fleet,
    Resolution resolution,
    AlertPolicy alerts,
    BusinessHours businessHours,
    List<Channel> channels,
    String text) {

  /** act, dry-run or observe (design, section 5). */
  public enum Mode {
    ACT,
    DRY_RUN,
    OBSERVE
  }

  /**
   * From observations to a confirmed state.
   *
   * @param confirmations bad observations in a row before an observer is believed, 1 to 100
   * @param recoveries good observations in a row before an observer is believed, 1 to 100
   * @param quorum observers that must agree; empty for the majority of the configured ones
   * @param observerTimeout an observer not heard for this long counts for nothing
   * @param restoreAfter how long UNREACHABLE may last before a restore, since a restart may heal it
   * @param correlationWindow how long a public health that is down waits for the failed store that
   *     explains it; nothing else waits for it
   */
  public record Detection(
      int confirmations,
      int recoveries,
      Optional<Integer> quorum,
      Duration observerTimeout,
      Duration restoreAfter,
      Duration correlationWindow) {

    /** Observers that must agree, out of that many configured ones. */
    public int quorumOf(int observers) {
      return Math.min(observers, quorum.orElse(observers / 2 + 1));
    }
  }

  /**
   * Targets of a severity, and who is told.
   *
   * @param waitsForBusinessHours whether people are told in business hours only
   */
  public record Targets(
      Duration rto,
      Duration rpo,
      double phaseFactor,
      List<String> escalation,
      boolean waitsForBusinessHours) {}

  /** Phase targets of a P1 (runbook, table of targets); a severity scales them by its factor. */
  public record Phases(
      Duration detectionTriage, Duration restore, Duration verify, Duration cutover) {}

  /**
   * What a symptom is worth: restored at once, restored beside and cut over by approval, or never
   * restored but escalated.
   *
   * @param noDataAtRisk a component that only degrades with one of them is a P2, data store or not
   */
  public record Symptoms(
      List<String> restore, List<String> restoreByApproval, List<String> noDataAtRisk) {}

  /**
   * How a dump is restored.
   *
   * @param parallel in several sessions, which is faster and may leave a part behind in the fresh
   *     database when it fails; else in one transaction
   * @param jobs sessions when parallel, 2 to 32
   */
  public record DumpRestore(boolean parallel, int jobs) {}

  /**
   * How a point-in-time restore chooses its moment.
   *
   * @param archiveLag how far the archive of write-ahead log may lag behind: Azure says up to 5
   *     min. A restore of a lost server that did not reach its moment goes back by as much.
   */
  public record PointInTimeRestore(Duration archiveLag) {}

  /**
   * The order in which a store's procedures are tried, and how long each may take.
   *
   * @param parallel whether steps that do not require each other run side by side; cutovers never
   *     do
   */
  public record Procedures(
      Map<String, List<String>> byKind,
      boolean preferLeastLoss,
      boolean parallel,
      DumpRestore dump,
      PointInTimeRestore pitr,
      Map<String, Duration> timeouts,
      Map<String, Duration> expected) {

    public Duration timeout(String procedure) {
      return timeouts.getOrDefault(procedure, Duration.ofMinutes(60));
    }
  }

  /** A window in which nothing is recovered by itself. */
  public record Window(Instant from, Instant to, String reason) {}

  /**
   * When not to act (design, section 5).
   *
   * @param cooldown time after a recovery in which the same component is not recovered again
   * @param maxFailedRecoveries recoveries in a row without a proof before a person must look
   * @param approvalFor severities whose cutovers wait for an approval; P0 unless the policy says
   *     otherwise, since a whole cluster is replaced then, or several stores go back at once
   * @param refuseLossAboveRpo whether a loss above the RPO waits for an approval although the
   *     source is gone and there is no better restore point
   * @param approvalValidFor life of an approval that names no end
   */
  public record Guards(
      Duration cooldown,
      int maxFailedRecoveries,
      List<String> approvalFor,
      boolean refuseLossAboveRpo,
      Duration approvalValidFor,
      List<Window> maintenance) {}

  /** How many platforms may recover at once (design, section 5). */
  public record Fleet(double share, int limit) {
    /**
     * max(1, min(share of all, limit)), rounded down.
     *
     * @param platforms how many there are
     */
    public int most(int platforms) {
      // As a double, 0.29 of 100 is less than 29.
      int ofAll = BigDecimal.valueOf(share).multiply(BigDecimal.valueOf(platforms)).intValue();
      return Math.max(1, Math.min(ofAll, limit));
    }
  }

  /**
   * When a proven incident may end.
   *
   * @param requireRestorePoint wait for a restore point of the new resource
   */
  public record Resolution(boolean requireRestorePoint) {}

  public Targets targets(String severity) {
    Targets targets = severities.get(severity);
    if (targets == null) {
      throw new IllegalStateException("the policy has no severity " + severity);
    }
    return targets;
  }

  /**
   * Reads a policy.
   *
   * @throws InvalidConfiguration with every mistake
   */
  public static Policy read(Path file) throws InvalidConfiguration {
    Policy policy = YamlDocument.read(file, root -> policy(root, ""));
    return policy.withText(YamlText.of(file));
  }

  /** Reads a policy from a text, for replay. */
  public static Policy parse(String file, Path folder, String text) throws InvalidConfiguration {
    return YamlDocument.read(file, folder, text, root -> policy(root, text));
  }

  private Policy withText(String read) {
    return new Policy(
        mode,
        detection,
        severities,
        phases,
        storeOrder,
        symptoms,
        procedures,
        guards,
        fleet,
        resolution,
        alerts,
        businessHours,
        channels,
        read);
  }

  private static Policy policy(Section root, String text) {
    int version = root.integer("version", 1, 1);
    if (version != 1) {
      root.problem("version", "is " + version + ", allowed: 1");
    }
    List<Channel> channels = Channel.all(root);
    return new Policy(
        root.one("mode", Mode.class, Mode.ACT),
        detection(root.section("detection")),
        severities(root.section("severities"), channels),
        phases(root.section("phases")),
        root.texts("storeOrder", List.of("postgresql", "pvc", "redis", "aks")),
        symptoms(root.section("symptoms")),
        procedures(root.section("procedures")),
        guards(root.section("guards")),
        fleet(root.section("fleet")),
        resolution(root.section("resolution")),
        AlertPolicy.of(root.section("alerts")),
        BusinessHours.of(root.section("businessHours")),
        channels,
        text);
  }

  private static Detection detection(Section section) {
    Optional<Integer> quorum = Optional.empty();
    String value = section.text("quorum", "majority");
    if (!value.equals("majority")) {
      quorum = Optional.of(section.integer("quorum", 1, 1, 99));
    }
    Detection detection =
        new Detection(
            section.integer("confirmations", 3, 1, 100),
            section.integer("recoveries", 3, 1, 100),
            quorum,
            section.duration("observerTimeout", Duration.ofSeconds(30)),
            section.duration("restoreAfter", Duration.ofMinutes(3)),
            section.duration("correlationWindow", Duration.ofSeconds(5)));
    section.close();
    return detection;
  }

  private static Map<String, Targets> severities(Section section, List<Channel> channels) {
    Map<String, Targets> severities = new LinkedHashMap<>();
    severities.put("P0", targets(section.section("P0"), 1, 0.5, channels, Told.AT_ONCE));
    severities.put("P1", targets(section.section("P1"), 2, 1, channels, Told.AT_ONCE));
    severities.put("P2", targets(section.section("P2"), 4, 2, channels, Told.BUSINESS_HOURS));
    section.close();
    return severities;
  }

  private enum Told {
    AT_ONCE,
    BUSINESS_HOURS
  }

  private static Targets targets(
      Section section, int hours, double factor, List<Channel> channels, Told told) {
    List<String> known = channels.stream().map(Channel::name).toList();
    List<String> escalation = section.texts("escalation", known);
    for (String channel : escalation) {
      // A channel whose name cannot be read may be the one that is meant.
      if (!known.contains("") && !known.contains(channel)) {
        section.problem("escalation", "'" + channel + "' is none of the channels " + known);
      }
    }
    Targets targets =
        new Targets(
            section.duration("rto", Duration.ofHours(hours)),
            section.duration("rpo", Duration.ofHours(hours)),
            section.fraction("phaseFactor", factor, 0.001, 100),
            escalation,
            section.one("told", Told.class, told) == Told.BUSINESS_HOURS);
    section.close();
    return targets;
  }

  private static Phases phases(Section section) {
    Phases phases =
        new Phases(
            section.duration("detectionTriage", Duration.ofMinutes(15)),
            section.duration("restore", Duration.ofMinutes(60)),
            section.duration("verify", Duration.ofMinutes(30)),
            section.duration("cutover", Duration.ofMinutes(15)));
    section.close();
    return phases;
  }

  private enum SymptomName {
    UNREACHABLE,
    HUNG,
    DATA_MISSING,
    DATA_LOST,
    CORRUPT,
    PERSISTENCE_FAILED,
    WRITES_REFUSED
  }

  private static Symptoms symptoms(Section section) {
    Symptoms symptoms =
        new Symptoms(
            names(
                section.several(
                    "restore",
                    SymptomName.class,
                    List.of(SymptomName.UNREACHABLE, SymptomName.DATA_LOST))),
            names(
                section.several(
                    "restoreByApproval",
                    SymptomName.class,
                    List.of(SymptomName.HUNG, SymptomName.DATA_MISSING, SymptomName.CORRUPT))),
            names(
                section.several(
                    "noDataAtRisk", SymptomName.class, List.of(SymptomName.PERSISTENCE_FAILED))));
    section.close();
    return symptoms;
  }

  private static List<String> names(List<SymptomName> symptoms) {
    return symptoms.stream().map(Enum::name).toList();
  }

  private static Procedures procedures(Section section) {
    Map<String, List<String>> byKind = new LinkedHashMap<>();
    Section kinds = section.section("order");
    if (kinds.names().isEmpty()) {
      byKind.put("postgresql", List.of("postgresql.pitr", "postgresql.dump"));
      byKind.put("redis", List.of("redis.aof", "redis.rdb", "redis.cold"));
      byKind.put("pvc", List.of("pvc.snapshot"));
      byKind.put(Inventory.Component.AKS, List.of(Cluster.BACKUP, Cluster.REBUILD));
    }
    for (String kind : kinds.names()) {
      byKind.put(kind, kinds.requiredTexts(kind));
    }
    kinds.close();
    String prefer = section.text("prefer", "order");
    if (!prefer.equals("order") && !prefer.equals("least-loss")) {
      section.problem("prefer", "'" + prefer + "' is none of [order, least-loss]");
    }
    Procedures procedures =
        new Procedures(
            byKind,
            prefer.equals("least-loss"),
            section.flag("parallel", false),
            dumpRestore(section.section("dump")),
            pointInTimeRestore(section.section("pitr")),
            durations(section.section("timeouts"), ProcedureTimes.LIMITS),
            durations(section.section("expected"), ProcedureTimes.EXPECTED));
    section.close();
    return procedures;
  }

  private enum DumpMode {
    SINGLE_TRANSACTION,
    PARALLEL
  }

  private static DumpRestore dumpRestore(Section section) {
    DumpRestore restore =
        new DumpRestore(
            section.one("mode", DumpMode.class, DumpMode.SINGLE_TRANSACTION) == DumpMode.PARALLEL,
            section.integer("jobs", 2, 2, 32));
    section.close();
    return restore;
  }

  private static PointInTimeRestore pointInTimeRestore(Section section) {
    PointInTimeRestore restore =
        new PointInTimeRestore(section.duration("archiveLag", Duration.ofMinutes(5)));
    section.close();
    return restore;
  }

  private static Map<String, Duration> durations(Section section, Map<String, Duration> otherwise) {
    Map<String, Duration> durations = new LinkedHashMap<>(otherwise);
    for (String name : section.names()) {
      durations.put(name, section.duration(name, Duration.ofHours(1)));
    }
    section.close();
    return durations;
  }

  private enum SeverityName {
    P0,
    P1,
    P2
  }

  private static Guards guards(Section section) {
    List<Window> windows = new ArrayList<>();
    for (Section window : section.sections("maintenance")) {
      Window read =
          new Window(window.instant("from"), window.instant("to"), window.text("reason", ""));
      boolean readable = !read.from().equals(Instant.EPOCH) && !read.to().equals(Instant.EPOCH);
      if (readable && !read.from().isBefore(read.to())) {
        window.problem("to", "must be after 'from'");
      }
      window.close();
      windows.add(read);
    }
    Guards guards =
        new Guards(
            section.duration("cooldown", Duration.ofHours(1)),
            section.integer("maxFailedRecoveries", 2, 1, 100),
            section.several("approvalFor", SeverityName.class, List.of(SeverityName.P0)).stream()
                .map(severity -> severity.name().toUpperCase(Locale.ROOT))
                .toList(),
            section.flag("refuseLossAboveRpo", false),
            section.duration("approvalValidFor", Duration.ofHours(1)),
            windows);
    section.close();
    return guards;
  }

  private static Fleet fleet(Section section) {
    Fleet fleet =
        new Fleet(section.fraction("share", 0.2, 0, 1), section.integer("limit", 10, 1, 100_000));
    section.close();
    return fleet;
  }

  private static Resolution resolution(Section section) {
    Resolution resolution = new Resolution(section.flag("requireRestorePoint", false));
    section.close();
    return resolution;
  }
}
