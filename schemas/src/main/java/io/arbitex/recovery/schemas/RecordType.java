package io.arbitex.recovery.schemas;

import io.arbitex.recovery.record.AdmissionView;
import io.arbitex.recovery.record.Approval;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.Binding;
import io.arbitex.recovery.record.Decision;
import io.arbitex.recovery.record.FleetEvent;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.record.JournalEntry;
import io.arbitex.recovery.record.LossMetric;
import io.arbitex.recovery.record.PhaseMetric;
import io.arbitex.recovery.record.PlatformState;
import io.arbitex.recovery.record.RecoveryPlan;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.SchemaEntry;
import io.arbitex.recovery.record.StepCommand;
import io.arbitex.recovery.record.StepEvent;
import io.arbitex.recovery.record.ValidationOutcome;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.avro.Schema;

/**
 * Every record that is written somewhere, with the ids of all versions of its schema, oldest first.
 * Version v of the record numbered n has id 1000·v + n; an id, once released, is never given again.
 * The text of each version is kept in {@code /catalogue/<id>.avsc}.
 */
public enum RecordType {
  HEALTH_EVENT(HealthEvent.getClassSchema(), 1001, 2001),
  DECISION(Decision.getClassSchema(), 1002),
  INCIDENT_EVENT(IncidentEvent.getClassSchema(), 1003),
  RECOVERY_PLAN(RecoveryPlan.getClassSchema(), 1004),
  STEP_COMMAND(StepCommand.getClassSchema(), 1005),
  STEP_EVENT(StepEvent.getClassSchema(), 1006),
  VALIDATION_OUTCOME(ValidationOutcome.getClassSchema(), 1007),
  PHASE_METRIC(PhaseMetric.getClassSchema(), 1008),
  LOSS_METRIC(LossMetric.getClassSchema(), 1009),
  APPROVAL(Approval.getClassSchema(), 1010),
  BINDING(Binding.getClassSchema(), 1011),
  RESTORE_POINT(RestorePoint.getClassSchema(), 1012, 2012),
  BASELINE(Baseline.getClassSchema(), 1013, 2013),
  JOURNAL_ENTRY(JournalEntry.getClassSchema(), 1014),
  FLEET_EVENT(FleetEvent.getClassSchema(), 1015, 2015),
  SCHEMA_ENTRY(SchemaEntry.getClassSchema(), 1016),
  PLATFORM_STATE(PlatformState.getClassSchema(), 1017, 2017, 3017),
  ADMISSION_VIEW(AdmissionView.getClassSchema(), 1018);

  /** No build ever gives a smaller id. */
  public static final int LEAST_ID = 1001;

  /** No build ever gives a larger id: version 99 is far away. */
  public static final int LARGEST_ID = 99_999;

  private static final Map<String, RecordType> BY_NAME =
      Arrays.stream(values())
          .collect(Collectors.toMap(type -> type.schema.getFullName(), Function.identity()));

  private final Schema schema;
  private final List<Integer> ids;

  RecordType(Schema schema, Integer... ids) {
    this.schema = schema;
    this.ids = List.of(ids);
  }

  /** The schema that this build writes. */
  public Schema schema() {
    return schema;
  }

  /** All ids of this record, oldest first. */
  public List<Integer> ids() {
    return ids;
  }

  /** The id under which this build writes. */
  public int currentId() {
    return ids.get(ids.size() - 1);
  }

  /**
   * The type of a record.
   *
   * @throws IllegalArgumentException when the schema's name is not in the catalogue
   */
  public static RecordType of(Schema schema) {
    RecordType type = BY_NAME.get(schema.getFullName());
    if (type == null) {
      throw new IllegalArgumentException(schema.getFullName() + " is not in the catalogue");
    }
    return type;
  }
}
