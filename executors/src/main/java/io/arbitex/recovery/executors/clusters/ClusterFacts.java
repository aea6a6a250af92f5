package io.arbitex.recovery.executors.clusters;

/** Names of parameters and facts of the cluster procedures. */
final class ClusterFacts {
  static final String POINT = "restore-point";
  static final String TAKEN_AT = "restore-point-taken-at";
  static final String EXCLUDE = "exclude-restore-points";
  static final String BAD_SINCE = "bad-since";
  static final String REJECTED = "rejected";
  static final String SOURCE_RESOURCE = "source-resource";
  static final String SOURCE_EPOCH = "source-epoch";

  /** Parameter: {@code true} when a cluster that answers may be stopped all the same. */
  static final String SOURCE_MAY_LIVE = "source-may-live";

  /** Seconds between the recovery point and the first bad observation. */
  static final String LOSS = "loss-seconds";

  /** How Azure says that the backup instance is. */
  static final String PROTECTION = "protection-state";

  /** What became of the old cluster, for people. */
  static final String OLD = "old-cluster";

  /** How a person gives the old cluster back. */
  static final String UNDO = "undo-old-cluster";

  /** Address of the operation that stops the old cluster. */
  static final String STOP_OPERATION = "stop-operation";

  /** The cluster that the backup is restored into, by its name in Azure. */
  static final String CLUSTER = "cluster";

  /** Its resource group. */
  static final String GROUP = "restored-group";

  /** {@code made} or {@code standby}. */
  static final String ORIGIN = "cluster-origin";

  /** What a made cluster is like: the old one, or the inventory. */
  static final String LIKE = "cluster-like";

  /** What of the old cluster a made one does not have, joined by commas. */
  static final String NOT_CARRIED_OVER = "not-carried-over";

  /** Address of the operation that makes the cluster. */
  static final String MAKE_OPERATION = "make-operation";

  /** Nodes that are ready. */
  static final String NODES = "ready-nodes";

  /** What was done to the backup extension and the trusted access, for people. */
  static final String EXTENSION = "backup-extension";

  static final String TRUST = "trusted-access";

  /** Secrets that were written, each with the number of its keys. */
  static final String SECRETS = "secrets-written";

  /** The moment from which a restore may have been ordered; empty for none that is unanswered. */
  static final String ORDERED = "restore-ordered";

  /** Address of the operation that begins the restore; empty for none. */
  static final String RESTORE_OPERATION = "restore-operation";

  /** The job that restores; empty for none. */
  static final String JOB = "restore-job";

  /** Jobs of this command that failed, joined by commas. */
  static final String FAILED_JOBS = "failed-jobs";

  /** How the job ended, and what it warned of. */
  static final String JOB_STATUS = "restore-job-status";

  static final String WARNINGS = "restore-warnings";

  /** Objects of the platform's namespace, by kind. */
  static final String OBJECTS = "restored-objects";

  /** Workloads whose claims are still to be restored by other steps. */
  static final String WAITING = "waits-for-claims";

  /** What is left on a standby that was given back. */
  static final String LEFT = "left-on-standby";

  /** Epoch of the binding that a cutover publishes. */
  static final String EPOCH = "epoch";

  /** What is bound from the cutover on, for the decider: it may read the binding later. */
  static final String BOUND_RESOURCE = "resource";

  static final String BOUND_GROUP = "group";

  /** Why an earlier attempt's stop of the old cluster is not this one's to take back. */
  static final String NOT_TAKEN_OVER = "stop-not-taken-over";

  /** What a person has to do, so that the restored cluster can be restored itself. */
  static final String UNPROTECTED = "next-loss";

  /** Whether Azure knew the old cluster when the cutover began. */
  static final String OLD_SEEN = "old-cluster-seen";

  /** The command that let the platform run in the restored cluster. */
  static final String RELEASED = "released-by";

  /** Name and version of the chart that was installed. */
  static final String CHART = "chart";

  /** SHA-256 of all that the chart makes. */
  static final String CHART_DIGEST = "chart-digest";

  /** How many objects the chart makes. */
  static final String CHART_OBJECTS = "chart-objects";

  /** Claims that begin empty in a rebuilt cluster, and stay so; joined by commas. */
  static final String EMPTY = "empty-claims";

  /** Where the restored cluster takes customers. */
  static final String ADDRESS = "address";

  /** What the DNS record says now. */
  static final String DNS = "dns";

  private ClusterFacts() {}
}
