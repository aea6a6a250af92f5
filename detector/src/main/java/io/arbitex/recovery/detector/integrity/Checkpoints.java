package io.arbitex.recovery.detector.integrity;

import io.arbitex.recovery.record.Baseline;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Predicate;

/** The checkpoints that all observers of all times have published. */
@FunctionalInterface
public interface Checkpoints {
  /**
   * The newest one that is believed.
   *
   * @param platform whose records are read
   * @param believed holds for checkpoints of the component with a right signature
   * @throws IOException when they cannot be read: then nobody knows whether there is one
   */
  Optional<Baseline> newest(String platform, Predicate<Baseline> believed) throws IOException;
}
