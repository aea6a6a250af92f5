package io.arbitex.recovery.lab.drill;

import io.arbitex.recovery.lab.world.LabOptions;

/**
 * What whoever runs a drill may choose of it.
 *
 * @param volume component of the inventory, where a volume is what is lost
 * @param parallel whether the policy lets steps that do not need each other run side by side
 * @param approval whether a person must approve the cutovers of a P0, and does in time
 */
record Choices(String volume, boolean parallel, boolean approval) {
  static final Choices USUAL = new Choices(VolumeLost.USUAL, false, false);

  LabOptions of(LabOptions options) {
    LabOptions world = volume.equals(VolumeLost.OF_REDIS) ? options.withRedisVolume() : options;
    LabOptions order = parallel ? world.withParallel() : world;
    return approval ? order.withApproval() : order;
  }
}
