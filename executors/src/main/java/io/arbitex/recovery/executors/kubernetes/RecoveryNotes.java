package io.arbitex.recovery.executors.kubernetes;

/** Names of our labels and annotations. */
public final class RecoveryNotes {
  private static final String PREFIX = "recovery.arbitex.io/";

  /** Who changes the object: token, command and moment of issue. */
  public static final String OWNER = PREFIX + "owner";

  /** How many replicas there were before the recovery scaled to 0. */
  public static final String REPLICAS = PREFIX + "replicas";

  /** The staging whose data was put in place when it was scaled up last. Stays. */
  public static final String STARTED_FROM = PREFIX + "started-from";

  /** The command that started a writer on what it cut over to. Stays. */
  public static final String STARTED_FOR = PREFIX + "started-for";

  /** The command that let the controller of a restored cluster make its pods. Stays. */
  public static final String RELEASED_BY = PREFIX + "released-by";

  /** On the first writer: which source a recovery closed to the platform. */
  public static final String FENCED = PREFIX + "fenced";

  /** On a Secret: the incident before which the kept old value was there. Stays. */
  public static final String KEPT_BEFORE = PREFIX + "kept-before";

  /** The staging whose data is being moved; gone when Redis is proven on it or on its old data. */
  public static final String MOVING = PREFIX + "moving";

  /** Put on an object by a person whose GitOps is suspended: whatever keeps it, does not now. */
  public static final String GITOPS_PAUSED = PREFIX + "gitops-paused";

  /** The command that paused an autoscaler or a GitOps application. */
  public static final String PAUSED_BY = PREFIX + "paused-by";

  /** What the annotation that pauses said before {@link #PAUSED_BY} paused. */
  static final String PAUSED_BEFORE = PREFIX + "paused-before";

  /** On a volume: the one that a recovery puts in its place. Stays. */
  public static final String REPLACED_BY = PREFIX + "replaced-by";

  /**
   * The claim as it was, in JSON. On a volume with {@link #REPLACED_BY}, where it stays; on a
   * StatefulSet whose lost claim is being made anew, until its pod is started on the new one.
   */
  public static final String CLAIM_BEFORE = PREFIX + "claim-before";

  /** Beside {@link #CLAIM_BEFORE} on a StatefulSet: its generation when it was put there. */
  public static final String CLAIM_GENERATION = PREFIX + "claim-generation";

  /** On a claim: the command that let the platform write to a restored volume. Stays. */
  public static final String OPENED_BY = PREFIX + "opened-by";

  /**
   * On a claim: the command that made it for an empty volume, in the place of a lost one. Stays.
   */
  public static final String MADE_EMPTY = PREFIX + "made-empty";

  /** The command that made a pod, a volume or a claim. */
  public static final String COMMAND = PREFIX + "command";

  /** The token of the intent under which a pod was made. */
  public static final String TOKEN = PREFIX + "token";

  /** The component that a pod works for. */
  public static final String COMPONENT = PREFIX + "component";

  private RecoveryNotes() {}
}
