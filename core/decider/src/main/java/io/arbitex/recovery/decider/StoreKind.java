package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.schemas.Worker;
import java.util.Locale;
import java.util.Optional;

/**
 * What differs between stores in a plan. Of each there is one step that restores beside what is
 * there, and one that puts the restored in its place.
 */
enum StoreKind {
  POSTGRESQL(
      Worker.POSTGRESQL,
      "cutover.database",
      "The database made beside is dropped; the old one was not touched.",
      "Before the connection secret is switched: role and secret as they were. After it: only"
          + " forward."),
  REDIS(
      Worker.REDIS,
      "cutover.redis",
      "What was prepared beside is deleted; the data in place was not touched.",
      "Until Redis is started on the restored data: the old data is put back. After it: only"
          + " forward; the old data is kept beside on its volume."),
  PVC(
      Worker.PVC,
      "cutover.volume",
      "The disk made beside is deleted; the old volume was not touched.",
      "Until the workloads are started: the claim is bound to the old volume again. After it: only"
          + " forward; the old volume and its disk are kept."),
  AKS(
      Worker.AKS,
      "cutover.cluster",
      "The new cluster is kept aside for a person; the old one was not touched.",
      "Until customers are led to the new cluster: nothing runs there any more and the old one is"
          + " started again. After it: only forward; the old cluster stays stopped and is kept.");

  /** Needs no restore point and loses all: sessions, counters, 30 to 60 s of bloom filter. */
  static final String REDIS_COLD = "redis.cold";

  /** Goes back in the append-only file that is there. */
  static final String REDIS_AOF = "redis.aof";

  /** Goes back to a moment in the archive that Azure keeps. */
  static final String POSTGRESQL_PITR = "postgresql.pitr";

  /** Finds its snapshots by their tags where they are, whoever took them. */
  static final String PVC_SNAPSHOT = "pvc.snapshot";

  /** Azure Backup knows its own restore points of a cluster. */
  static final String AKS_BACKUP = Cluster.BACKUP;

  /** Needs no restore point: the cluster's objects stand in a chart. */
  static final String AKS_REBUILD = Cluster.REBUILD;

  private final Worker restorer;
  private final String cutover;
  private final String undoRestore;
  private final String undoCutover;

  StoreKind(Worker restorer, String cutover, String undoRestore, String undoCutover) {
    this.restorer = restorer;
    this.cutover = cutover;
    this.undoRestore = undoRestore;
    this.undoCutover = undoCutover;
  }

  /**
   * The kind of a component of the platform.
   *
   * @throws IllegalArgumentException for one that no plan can be made for: the public health
   */
  static StoreKind of(Round round, String component) {
    Optional<Inventory.Component> found = round.platform.component(component);
    return valueOf(found.orElseThrow().kind().toUpperCase(Locale.ROOT));
  }

  Worker restorer() {
    return restorer;
  }

  String cutover() {
    return cutover;
  }

  String undoRestore() {
    return undoRestore;
  }

  String undoCutover() {
    return undoCutover;
  }

  /** Whether a procedure needs a restore point of the catalogue. */
  static boolean needsRestorePoint(String procedure) {
    return !procedure.equals(REDIS_COLD)
        && !procedure.equals(REDIS_AOF)
        && !procedure.equals(POSTGRESQL_PITR)
        && !procedure.equals(PVC_SNAPSHOT)
        && !procedure.equals(AKS_BACKUP)
        && !procedure.equals(AKS_REBUILD);
  }
}
