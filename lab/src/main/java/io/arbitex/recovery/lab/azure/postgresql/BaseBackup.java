package io.arbitex.recovery.lab.azure.postgresql;

import java.nio.file.Path;
import java.time.Instant;

/**
 * A whole base backup.
 *
 * @param name as Azure gives them
 * @param completed by the server's clock, not before the last thing in it
 * @param timeline of the write-ahead log that follows it
 * @param data a data directory without write-ahead log
 */
public record BaseBackup(String name, Instant completed, int timeline, Path data) {}
