package io.arbitex.recovery.executors.redis;

/** Names of parameters and facts of the Redis procedures. */
final class RedisFacts {
  /** Names the staging and its pod; of the restore's command. */
  static final String STAGING_ID = "staging-id";

  /** The folder of the staging, as the work pod and Redis see it. */
  static final String STAGED = "staged";

  /** The pod on the volume. */
  static final String WORK_POD = "work-pod";

  static final String POINT = "restore-point";
  static final String TAKEN_AT = "restore-point-taken-at";
  static final String MANIFEST = "restore-point-manifest";
  static final String REJECTED = "rejected";

  /** SHA-256 of the chosen RDB file. */
  static final String SHA256 = "rdb-sha256";

  /** Bytes of the chosen RDB file. */
  static final String SIZE = "rdb-bytes";

  /** Keys that the restored data has; 0 for a cold start. */
  static final String KEYS = "keys";

  /** What rdb_last_load_keys_loaded and _expired say together after a load of it. */
  static final String LOADED = "loaded-keys";

  /** The moment up to which an append-only file was taken. */
  static final String AOF_TARGET = "aof-target";

  /** {@code true} when Redis is to start without any data. */
  static final String COLD = "cold";

  /** What a cold start loses, for people. */
  static final String COST = "cost";

  /** Set before Redis is scaled down. */
  static final String STOP_BEGUN = "stop-begun";

  /**
   * Set when clean-up has claimed the StatefulSet, so that no earlier owner can scale it any more.
   */
  static final String SET_CLAIMED = "set-claimed";

  /** Replicas before the recovery. */
  static final String REPLICAS = "old-replicas";

  static final String SOURCE_RESOURCE = "source-resource";
  static final String SOURCE_EPOCH = "source-epoch";
  static final String SOURCE_MAY_LIVE = "source-may-live";

  /** What the source was found to be: unreachable, hung, refuses-writes, missing, sound. */
  static final String SOURCE_STATE = "source-state";

  static final String SOURCE_DETAIL = "source-detail";

  /** Value of {@link #SOURCE_STATE}: no connection could be made. */
  static final String UNREACHABLE = "unreachable";

  /** {@code true} when an earlier attempt has started Redis on this very staging. */
  static final String ALREADY_STARTED = "already-started";

  /** Epoch of the binding that a success publishes. */
  static final String EPOCH = "epoch";

  /** The command whose action began to move data on the volume. */
  static final String MOVING = "data-moved-by";

  /** The command whose clean-up made sure that the old data is in its place. */
  static final String PUT_BACK = "data-put-back-by";

  /** The pod that was made anew to put back in, after the one that had moved was gone. */
  static final String PUT_BACK_POD = "put-back-pod";

  /** Where the data is that was there before; nobody but a person deletes it. */
  static final String OLD_DATA = "old-data";

  /** The dump.rdb that lay there before Redis was stopped, which may overwrite it then. */
  static final String KEPT_DUMP = "kept-dump";

  /** What the component is now. */
  static final String RESOURCE = "resource";

  /** Parameter: ids of restore points that failed a proof already, joined by commas. */
  static final String EXCLUDE = "exclude-restore-points";

  /** Parameter: the first bad observation of the source, ISO-8601. */
  static final String BAD_SINCE = "bad-since";

  /** The volume that is gone; empty where none is. */
  static final String LOST_VOLUME = "lost-volume";

  /** The claim of the lost volume as it was, in JSON. */
  static final String LOST_CLAIM = "lost-claim";

  /** {@code true} when the staging was in a folder of its pod's own, which is gone with the pod. */
  static final String STAGED_ASIDE = "staged-aside";

  private RedisFacts() {}
}
