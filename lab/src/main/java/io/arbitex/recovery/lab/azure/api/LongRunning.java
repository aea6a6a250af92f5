package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Operations;
import io.arbitex.recovery.lab.azure.operations.Status;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** How a client is told of a long-running operation: 202, and where to ask after it. */
public final class LongRunning {
  private static final String STATUS = "locations/azureasyncoperation";
  private static final String RESULT = "locations/operationresults";
  private static final Set<String> STATUSES =
      Set.of(STATUS, "locations/operationstatus", "extensions/operations");

  private final Operations operations;
  private final String subscription;
  private final int retryAfterSeconds;

  /**
   * @param retryAfterSeconds at least 1, or the client waits as long as it likes
   */
  public LongRunning(Operations operations, String subscription, int retryAfterSeconds) {
    this.operations = operations;
    this.subscription = subscription;
    this.retryAfterSeconds = retryAfterSeconds;
  }

  /** Whether a path is an operation's. */
  static boolean has(ArmPath path) {
    return STATUSES.contains(path.type()) || path.type().equals(RESULT);
  }

  /**
   * The answer to the request that has begun an operation.
   *
   * @param status 202, or 201 where the client library wants that
   * @param base of the addresses that the client is told
   */
  ArmAnswer begun(
      Operation operation,
      Namespace namespace,
      String location,
      int status,
      ObjectNode body,
      String base) {
    String place =
        base
            + "/subscriptions/"
            + subscription
            + "/providers/"
            + namespace.text()
            + "/locations/"
            + location.toLowerCase(Locale.ROOT).replace(" ", "");
    String rest = "/" + operation.id() + "?api-version=" + namespace.apiVersion(STATUS);
    Map<String, String> headers = new HashMap<>(waiting());
    headers.put("Azure-AsyncOperation", place + "/" + namespace.statusType() + rest);
    headers.put("Location", place + "/operationResults" + rest);
    return new ArmAnswer(status, headers, body);
  }

  /**
   * The same where the operation is told of below the resource itself.
   *
   * @param resource its path
   */
  ArmAnswer begunAt(
      String resource, Operation operation, Namespace namespace, ObjectNode body, String base) {
    Map<String, String> headers = new HashMap<>(waiting());
    headers.put(
        "Azure-AsyncOperation",
        base
            + resource
            + "/operations/"
            + operation.id()
            + "?api-version="
            + namespace.apiVersion(STATUS));
    return new ArmAnswer(201, headers, body);
  }

  private Map<String, String> waiting() {
    return Map.of("Retry-After", Integer.toString(retryAfterSeconds));
  }

  /**
   * @param resources what is at the path of an operation's resource
   */
  ArmAnswer answer(ArmRequest request, Function<String, Optional<ObjectNode>> resources) {
    if (!request.method().equals("GET") || !request.path().isOne()) {
      throw request.notAllowed();
    }
    String id = request.path().child();
    Operation operation =
        operations
            .find(id)
            .orElseThrow(
                () ->
                    ArmFailure.of(
                        404, "OperationNotFound", "The operation '" + id + "' was not found."));
    if (request.path().type().equals(RESULT)) {
      return result(operation, resources);
    }
    return request.path().namespace() == Namespace.DATA_PROTECTION
        ? ProtectionStatus.of(status(operation), request.path(), operation)
        : status(operation);
  }

  private ArmAnswer status(Operation operation) {
    ObjectNode body =
        ArmAnswer.object()
            .put("name", operation.id())
            .put("status", operation.status().text())
            .put("startTime", Instant.ofEpochMilli(operation.startedMillis()).toString());
    if (operation.status() == Status.IN_PROGRESS) {
      return new ArmAnswer(200, waiting(), body);
    }
    body.put("endTime", Instant.ofEpochMilli(operation.endedMillis()).toString());
    if (operation.errorCode() != null) {
      body.putObject("error")
          .put("code", operation.errorCode())
          .put("message", operation.errorMessage());
    }
    return ArmAnswer.of(200, body);
  }

  private ArmAnswer result(Operation operation, Function<String, Optional<ObjectNode>> resources) {
    return switch (operation.status()) {
      case IN_PROGRESS -> new ArmAnswer(202, waiting(), null);
      case SUCCEEDED ->
          saysJob(operation)
              ? ArmAnswer.of(200, ProtectionStatus.result(operation))
              : Optional.ofNullable(operation.resource())
                  .flatMap(resources)
                  .map(document -> ArmAnswer.of(200, document))
                  .orElseGet(() -> ArmAnswer.of(204, null));
      case FAILED, CANCELED ->
          throw ArmFailure.of(400, operation.errorCode(), operation.errorMessage());
    };
  }

  /** Whether it gives no resource, but what Data Protection says instead. */
  private static boolean saysJob(Operation operation) {
    return switch (operation.kind()) {
      case VALIDATE_RESTORE, TRIGGER_BACKUP, TRIGGER_RESTORE -> true;
      default -> false;
    };
  }
}
