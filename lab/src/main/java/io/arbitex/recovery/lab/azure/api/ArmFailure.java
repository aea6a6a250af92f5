package io.arbitex.recovery.lab.azure.api;

import io.arbitex.recovery.lab.azure.servers.FlexibleServer;
import java.util.Map;

/** A request is refused; code and message go to the client in the shape that Azure gives them. */
public final class ArmFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String code;
  private final transient Map<String, String> headers;

  private ArmFailure(int status, String code, String message, Map<String, String> headers) {
    super(message);
    this.status = status;
    this.code = code;
    this.headers = headers;
  }

  static ArmFailure of(int status, String code, String message) {
    return new ArmFailure(status, code, message, Map.of());
  }

  static ArmFailure with(int status, String code, String message, String header, String value) {
    return new ArmFailure(status, code, message, Map.of(header, value));
  }

  static ArmFailure invalid(String message) {
    return of(400, "InvalidParameterValue", message);
  }

  static ArmFailure notFound(String resource, String group) {
    return of(
        404,
        "ResourceNotFound",
        "The Resource '"
            + resource
            + "' under resource group '"
            + group
            + "' was not found. For"
            + " more details please go to https://aka.ms/ARMResourceNotFoundFix");
  }

  static ArmFailure busy(String server) {
    return of(
        409,
        "ServerIsBusy",
        "Cannot complete operation while server '"
            + server
            + "' is busy processing another operation. Please try again later.");
  }

  static ArmFailure nameTaken(String server) {
    return of(
        409, "ServerNameAlreadyExists", "Specified server name '" + server + "' is already used.");
  }

  static ArmFailure wrongState(FlexibleServer server) {
    return of(
        409,
        "ServerStateNotAllowed",
        "The server '"
            + server.name()
            + "' is "
            + server.state().text()
            + ", which does not allow the operation.");
  }

  int status() {
    return status;
  }

  String code() {
    return code;
  }

  Map<String, String> headers() {
    return headers;
  }
}
