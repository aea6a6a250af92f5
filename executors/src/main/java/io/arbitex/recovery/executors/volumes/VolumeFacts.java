package io.arbitex.recovery.executors.volumes;

/** Names of parameters and facts of the volume procedures. */
final class VolumeFacts {
  static final String POINT = "restore-point";
  static final String TAKEN_AT = "restore-point-taken-at";
  static final String EXCLUDE = "exclude-restore-points";
  static final String BAD_SINCE = "bad-since";
  static final String REJECTED = "rejected";
  static final String SOURCE_RESOURCE = "source-resource";
  static final String SOURCE_EPOCH = "source-epoch";

  /** Parameter: {@code true} when a claim that looks sound may be replaced all the same. */
  static final String SOURCE_MAY_LIVE = "source-may-live";

  /** Where the store has the chosen snapshot. */
  static final String SNAPSHOT = "snapshot";

  /** The disk that the snapshot was taken of; empty where nobody says. */
  static final String SOURCE_DISK = "snapshot-source";

  /** Name of the disk that was made, and of the volume that is made of it. */
  static final String DISK = "disk";

  /** What a volume needs to find that disk. */
  static final String DISK_ID = "disk-id";

  /** Its size as Kubernetes writes it. */
  static final String CAPACITY = "disk-capacity";

  /** Zones in which it may be attached, joined by commas; empty for any. */
  static final String ZONES = "disk-zones";

  /** The disk, and the address of the operation that makes it. */
  static final String OPERATION = "disk-operation";

  /** How many files were on it. */
  static final String FILES = "restored-files";

  /** How much they hold. */
  static final String KIBIBYTES = "restored-kibibytes";

  /** Set before the first of the objects is made that the look at the disk needs. */
  static final String LOOKED_AT = "work-volume";

  /** The volume that was behind the claim; empty when none was. */
  static final String OLD_VOLUME = "old-volume";

  /** The claim as it was, in JSON, to be made again; there from before it is deleted. */
  static final String OLD_CLAIM = "old-claim";

  /**
   * Set before the claim is deleted or the volume of the restored disk is made; and when an earlier
   * attempt has left it so.
   */
  static final String REPLACED = "claim-replaced";

  /** Epoch of the binding that this cutover publishes. */
  static final String EPOCH = "bound-epoch";

  /** Fact of the binding: where the store has the disk that is the component. */
  static final String BOUND_DISK = "disk";

  /** {@code true} when an earlier attempt has done this cutover. */
  static final String ALREADY = "already-cut-over";

  private VolumeFacts() {}
}
