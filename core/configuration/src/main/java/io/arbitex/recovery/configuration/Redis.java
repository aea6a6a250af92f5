package io.arbitex.recovery.configuration;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * A Redis of one StatefulSet with one replica, and what its recovery needs (runbook, section 4).
 *
 * @param resource the name of it in records, until {@code recovery.bindings} says otherwise
 * @param host where clients reach it
 * @param port from 1 to 65535
 * @param password of the default user; empty where none is asked for
 * @param statefulSet its controller in the platform's namespace
 * @param claim the volume claim with its data
 * @param dataFolder where the Redis container mounts the claim
 * @param appendOnly whether it runs with {@code appendonly yes}: then it ignores a dump.rdb at its
 *     start, and overwrites it at its next stop (design, section 10)
 * @param helperImage an image with Redis 7 and a shell, for the pod that works on the claim while
 *     Redis is away
 * @param backups folders with RDB files and their manifests; copies outside of the cluster
 * @param tools folder of redis-cli and redis-check-rdb where the services run
 * @param collapse below this share of the baseline's keys the data counts as missing, 0 to 1; 0
 *     never
 */
public record Redis(
    String resource,
    String host,
    int port,
    Optional<SecretReference> password,
    String statefulSet,
    String claim,
    String dataFolder,
    boolean appendOnly,
    String helperImage,
    List<Path> backups,
    Path tools,
    double collapse) {

  static Redis of(Section section) {
    Redis read =
        new Redis(
            section.name("resource"),
            section.text("host"),
            section.integer("port", 6379, 1, 65_535),
            section.has("password") ? Optional.of(section.secret("password")) : Optional.empty(),
            section.name("statefulSet"),
            section.name("claim"),
            section.text("dataFolder", "/data"),
            section.flag("appendOnly", true),
            section.text("helperImage"),
            section.paths("backups"),
            section.path("tools"),
            section.fraction("collapse", 0.1, 0, 1));
    if (!read.dataFolder().startsWith("/")) {
      section.problem("dataFolder", "'" + read.dataFolder() + "' is no absolute path");
    }
    // So that a misspelt field is told with all that is known here.
    section.passOver("password");
    section.close();
    return read;
  }
}
