package io.arbitex.recovery.lab.azure.api;

import io.arbitex.recovery.lab.azure.operations.Fate;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Set;

/** What every request has to pass: token, version, subscription, and the rules of misbehaviour. */
final class Gate {
  private final byte[] expected;
  private final String subscription;
  private final Set<String> resourceGroups;
  private final Misbehaviours misbehaviours;

  /**
   * @param token null when none is demanded
   */
  Gate(String token, String subscription, Set<String> resourceGroups, Misbehaviours misbehaviours) {
    this.expected = token == null ? null : ("Bearer " + token).getBytes(StandardCharsets.UTF_8);
    this.subscription = subscription;
    this.resourceGroups = resourceGroups;
    this.misbehaviours = misbehaviours;
  }

  /**
   * @param authorization the header, or null
   * @throws ArmFailure 401 without the token
   */
  void authenticate(String authorization) {
    byte[] given = (authorization == null ? "" : authorization).getBytes(StandardCharsets.UTF_8);
    if (expected != null && !MessageDigest.isEqual(expected, given)) {
      throw ArmFailure.with(
          401,
          authorization == null ? "AuthenticationFailed" : "InvalidAuthenticationToken",
          "Authentication failed. The 'Authorization' header is missing or wrong.",
          "WWW-Authenticate",
          "Bearer authorization_uri=\"https://login.microsoftonline.com/\", error=\"invalid_token\"");
    }
  }

  /**
   * @param apiVersion of the query, or null
   * @throws ArmFailure 400 or 404
   */
  void check(String apiVersion, ArmPath path) {
    if (apiVersion == null || apiVersion.isEmpty()) {
      throw ArmFailure.of(
          400,
          "MissingApiVersionParameter",
          "The api-version query parameter (?api-version=) is required for all requests.");
    }
    String known = path.namespace().apiVersion(path.type());
    if (!apiVersion.equals(known)) {
      throw ArmFailure.of(
          400,
          "NoRegisteredProviderFound",
          "No registered resource provider found for API version '"
              + apiVersion
              + "' for type '"
              + path.type()
              + "'. The supported api-versions are '"
              + known
              + "'.");
    }
    if (!path.subscription().equalsIgnoreCase(subscription)) {
      throw ArmFailure.of(
          404,
          "SubscriptionNotFound",
          "The subscription '" + path.subscription() + "' could not be found.");
    }
    if (!path.resourceGroup().isEmpty()
        && resourceGroups.stream().noneMatch(path.resourceGroup()::equalsIgnoreCase)) {
      throw ArmFailure.of(
          404,
          "ResourceGroupNotFound",
          "Resource group '" + path.resourceGroup() + "' could not be found.");
    }
  }

  /**
   * Lets a request through as the rules want it: late, never, or not.
   *
   * @return the fate of the operation that it begins
   * @throws ArmFailure what a rule says
   */
  Fate pass(String method, ArmPath path) throws InterruptedException {
    return misbehaviours.pass(
        method,
        path.type(),
        path.lastName(),
        ArmFailure.of(
            403,
            "AuthorizationFailed",
            "The client 'lab' does not have authorization to perform action '"
                + path.namespace().text()
                + "/"
                + path.type()
                + "' over scope '"
                + path.text()
                + "' or the scope is invalid."));
  }
}
