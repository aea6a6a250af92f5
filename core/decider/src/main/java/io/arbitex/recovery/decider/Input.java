package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.Approval;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.FleetEvent;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.ValidationOutcome;
import io.arbitex.recovery.schemas.Keys;
import org.apache.avro.specific.SpecificRecordBase;

/** What the decider is told. */
public sealed interface Input {

  record Health(HealthEvent event) implements Input {}

  record Progress(StepEvent event) implements Input {}

  record Validation(ValidationOutcome outcome) implements Input {}

  record Decree(Approval approval) implements Input {}

  record Bound(Binding binding) implements Input {}

  record Backup(RestorePoint point) implements Input {}

  /** The fleet's answer to a request to recover now. */
  record Admitted(FleetEvent event) implements Input {}

  /** Time has passed; something that was waited for may be due. */
  record Timer() implements Input {}

  /**
   * The input that a record is.
   *
   * @throws IllegalArgumentException when the decider does not read that kind of record
   */
  static Input of(SpecificRecordBase value) {
    if (value instanceof HealthEvent event) {
      return new Health(event);
    }
    if (value instanceof StepEvent event) {
      return new Progress(event);
    }
    if (value instanceof ValidationOutcome outcome) {
      return new Validation(outcome);
    }
    if (value instanceof Approval approval) {
      return new Decree(approval);
    }
    if (value instanceof Binding binding) {
      return new Bound(binding);
    }
    if (value instanceof RestorePoint point) {
      return new Backup(point);
    }
    if (value instanceof FleetEvent event) {
      return new Admitted(event);
    }
    throw new IllegalArgumentException(
        "a " + value.getSchema().getName() + " is no input of the decider");
  }

  /** Whether that is the key of such a record (topic catalogue); each is known by its key. */
  default boolean belongsUnder(String key) {
    if (this instanceof Bound bound) {
      return Keys.of(platform(), bound.binding().getComponent()).equals(key);
    }
    if (this instanceof Backup backup) {
      return Keys.of(platform(), backup.point().getId()).equals(key);
    }
    return key != null && Keys.platformOf(key).equals(platform());
  }

  /** The platform that a record speaks of; empty for a timer. */
  default String platform() {
    if (this instanceof Health health) {
      return health.event().getPlatform();
    }
    if (this instanceof Progress progress) {
      return progress.event().getPlatform();
    }
    if (this instanceof Validation validation) {
      return validation.outcome().getPlatform();
    }
    if (this instanceof Decree decree) {
      return decree.approval().getPlatform();
    }
    if (this instanceof Bound bound) {
      return bound.binding().getPlatform();
    }
    if (this instanceof Backup backup) {
      return backup.point().getPlatform();
    }
    if (this instanceof Admitted admitted) {
      return admitted.event().getPlatform();
    }
    return "";
  }
}
