package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Status;
import io.arbitex.recovery.lab.azure.protection.Protection;

/** An operation's status and result as Data Protection tells them, by its published examples. */
final class ProtectionStatus {
  private static final String NOT_YET = "0001-01-01T00:00:00Z";

  private ProtectionStatus() {}

  /** The general answer, with what is told here only. */
  static ArmAnswer of(ArmAnswer general, ArmPath path, Operation operation) {
    ObjectNode body = ((ObjectNode) general.body()).put("id", path.text());
    if (operation.status() == Status.IN_PROGRESS) {
      body.put("status", "Inprogress").put("endTime", NOT_YET);
    }
    if (operation.status() == Status.SUCCEEDED && jobId(operation) != null) {
      body.set("properties", result(operation));
    }
    if (operation.errorCode() != null) {
      ObjectNode info =
          body.withObject("/error")
              .putArray("additionalInfo")
              .addObject()
              .put("type", "UserFacingError")
              .putObject("info");
      info.put("code", operation.errorCode())
          .put("message", operation.errorMessage())
          .put("isRetryable", false)
          .put("isUserError", false)
          .putArray("recommendedAction");
    }
    return general;
  }

  /** What an operation that had no resource gives. */
  static ObjectNode result(Operation operation) {
    ObjectNode result = ArmAnswer.object().put("objectType", "OperationJobExtendedInfo");
    if (jobId(operation) != null) {
      result.put("jobId", operation.resource());
    }
    return result;
  }

  private static String jobId(Operation operation) {
    return operation.parameters().get(Protection.JOB);
  }
}
