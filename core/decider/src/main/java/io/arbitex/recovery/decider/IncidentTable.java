package io.arbitex.recovery.decider;

import static io.arbitex.recovery.record.IncidentPhase.BLOCKED;
import static io.arbitex.recovery.record.IncidentPhase.ESCALATED;
import static io.arbitex.recovery.record.IncidentPhase.RECOVERING;
import static io.arbitex.recovery.record.IncidentPhase.RESOLVED;
import static io.arbitex.recovery.record.IncidentPhase.SELF_HEALED;
import static io.arbitex.recovery.record.IncidentPhase.SETTLING;
import static io.arbitex.recovery.record.IncidentPhase.TRIAGE;

import io.arbitex.recovery.record.IncidentPhase;
import io.arbitex.recovery.schemas.TransitionTable;

/** The life of an incident. It ends proven or healed by itself, and in no other way. */
public final class IncidentTable {

  /** What moves an incident on. */
  public enum Trigger {
    /** Waited long enough, no guard objects: a plan is issued. */
    PLAN,
    /** A guard objects. */
    BLOCK,
    /** No guard objects any more; the plan goes on where it was. */
    RESUME,
    /** Every component is up again by itself, and nothing was cut over. */
    HEAL,
    /** The verifier has passed the whole suite. */
    PROVE,
    /** The new resource is probed good (and has a restore point, where the policy asks for it). */
    SETTLE,
    /** Nothing is left that the pipeline may do alone. */
    GIVE_UP,
    /** A person says: go on; or the symptom has become one that a restore can help. */
    RETRY
  }

  public static final TransitionTable<IncidentPhase, Trigger> TABLE =
      TransitionTable.<IncidentPhase, Trigger>named("Incident", TRIAGE)
          .on(TRIAGE, Trigger.PLAN, RECOVERING)
          .on(TRIAGE, Trigger.BLOCK, BLOCKED)
          .on(TRIAGE, Trigger.HEAL, SELF_HEALED)
          .on(TRIAGE, Trigger.GIVE_UP, ESCALATED)
          .on(BLOCKED, Trigger.PLAN, RECOVERING)
          .on(BLOCKED, Trigger.RESUME, RECOVERING)
          .on(BLOCKED, Trigger.HEAL, SELF_HEALED)
          .on(BLOCKED, Trigger.GIVE_UP, ESCALATED)
          .on(RECOVERING, Trigger.BLOCK, BLOCKED)
          .on(RECOVERING, Trigger.HEAL, SELF_HEALED)
          .on(RECOVERING, Trigger.PROVE, SETTLING)
          .on(RECOVERING, Trigger.GIVE_UP, ESCALATED)
          .on(SETTLING, Trigger.SETTLE, RESOLVED)
          .on(SETTLING, Trigger.GIVE_UP, ESCALATED)
          .on(ESCALATED, Trigger.RETRY, TRIAGE)
          .on(ESCALATED, Trigger.HEAL, SELF_HEALED);

  private IncidentTable() {}
}
