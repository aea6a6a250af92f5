package io.arbitex.recovery.lab.azure.protection;

/**
 * A recovery point; what it holds is in a file of its own.
 *
 * @param vault its name
 * @param instance its name
 * @param millis since the epoch, when the backup began
 * @param sha256 of its file
 * @param objects how many it holds
 * @param whole whether nothing that was asked for is missing in it
 */
public record RecoveryPoint(
    String id,
    String vault,
    String instance,
    long millis,
    String sha256,
    int objects,
    boolean whole) {}
