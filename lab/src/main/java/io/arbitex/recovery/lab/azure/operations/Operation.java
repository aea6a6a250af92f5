package io.arbitex.recovery.lab.azure.operations;

import java.util.Map;

/**
 * A long-running operation.
 *
 * @param id in its address
 * @param kind what is done
 * @param target what it is done to: a server's name, or the path of something else below its
 *     provider; in lower case
 * @param resource path of what a client gets when it has succeeded; null for nothing
 * @param parameters of the kind
 * @param startedMillis since the epoch
 * @param endedMillis since the epoch; 0 while it runs
 * @param errorCode of one that failed, else null
 */
public record Operation(
    String id,
    Kind kind,
    String target,
    String resource,
    Map<String, String> parameters,
    Fate fate,
    Status status,
    long startedMillis,
    long endedMillis,
    String errorCode,
    String errorMessage) {
  /** What is done. */
  public enum Kind {
    CREATE,
    RESTORE,
    DELETE,
    START,
    STOP,
    RESTART,
    UPDATE,
    CONFIGURE,
    FIREWALL,
    MAKE_VOLUME,
    DELETE_VOLUME,
    MAKE_CLUSTER,
    STOP_CLUSTER,
    START_CLUSTER,
    DELETE_CLUSTER,
    INSTALL_EXTENSION,
    PROTECT_CLUSTER,
    VALIDATE_RESTORE,
    TRIGGER_BACKUP,
    TRIGGER_RESTORE
  }

  public Operation {
    parameters = Map.copyOf(parameters);
  }

  Operation ended(Status status, long millis, String errorCode, String errorMessage) {
    return new Operation(
        id,
        kind,
        target,
        resource,
        parameters,
        fate,
        status,
        startedMillis,
        millis,
        errorCode,
        errorMessage);
  }
}
