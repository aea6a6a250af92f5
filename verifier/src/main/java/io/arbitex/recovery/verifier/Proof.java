package io.arbitex.recovery.verifier;

import io.arbitex.recovery.record.LossMetric;
import io.arbitex.recovery.record.ValidationOutcome;
import java.util.List;

/** What one run of the suite gave: the outcomes, the verdict last, and the losses. */
record Proof(List<ValidationOutcome> outcomes, List<LossMetric> losses) {}
