package io.arbitex.recovery.executors.azure;

import java.time.Instant;
import java.util.Map;

/**
 * A snapshot of a disk as Azure tells of it.
 *
 * @param id its whole resource id
 * @param takenAt when Azure took it
 * @param complete whether all of the data is in it: one that is copied in the background is not
 *     until then
 * @param source the disk that it was taken of, by its whole resource id; empty where Azure does not
 *     say
 * @param location region of it, and of a disk that is made from it
 */
public record DiskSnapshot(
    String name,
    String id,
    Instant takenAt,
    boolean complete,
    String state,
    String source,
    String location,
    Map<String, String> tags) {
  public DiskSnapshot {
    tags = Map.copyOf(tags);
  }
}
