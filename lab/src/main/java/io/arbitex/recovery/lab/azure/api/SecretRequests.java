package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.azure.vaults.Secret;
import io.arbitex.recovery.lab.azure.vaults.SecretVersion;
import io.arbitex.recovery.lab.azure.vaults.Vault;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/** What becomes of a request to a key vault. */
final class SecretRequests {
  private static final int LONGEST_VALUE = 25_600;

  private final Vault vault;
  private final SecretDocument documents;
  private final Clock clock;

  SecretRequests(Vault vault, SecretDocument documents, Clock clock) {
    this.vault = vault;
    this.documents = documents;
    this.clock = clock;
  }

  /**
   * @throws ArmFailure when it is refused
   */
  synchronized ArmAnswer answer(String method, SecretPath path, JsonNode body) {
    String name = path.name();
    String rest =
        path.rest().isEmpty() || path.rest().matches("[0-9a-fA-F]{32}") ? "" : "/" + path.rest();
    String what = method + " " + path.collection() + (name.isEmpty() ? "" : "/NAME") + rest;
    return switch (what) {
      case "GET secrets" ->
          ArmAnswer.list(
              vault.all().stream()
                  .filter(each -> !each.wasDeleted())
                  .map(documents::item)
                  .toList());
      case "GET secrets/NAME" -> get(path);
      case "GET secrets/NAME/versions" -> {
        Secret secret = alive(name);
        yield ArmAnswer.list(
            secret.versions().stream().map(each -> documents.version(secret, each)).toList());
      }
      case "PUT secrets/NAME" -> set(name, body);
      case "PATCH secrets/NAME" -> update(path, body);
      case "DELETE secrets/NAME" -> {
        alive(name);
        yield ArmAnswer.of(200, documents.deleted(vault.setDeleted(name, seconds()).orElseThrow()));
      }
      case "GET deletedsecrets" ->
          ArmAnswer.list(
              vault.all().stream().filter(Secret::wasDeleted).map(documents::deleted).toList());
      case "GET deletedsecrets/NAME" -> ArmAnswer.of(200, documents.deleted(dead(name)));
      case "POST deletedsecrets/NAME/recover" -> {
        dead(name);
        Secret secret = vault.setDeleted(name, null).orElseThrow();
        yield ArmAnswer.of(200, documents.version(secret, secret.newest()));
      }
      case "DELETE deletedsecrets/NAME" -> {
        dead(name);
        vault.purge(name);
        yield ArmAnswer.of(204, null);
      }
      default ->
          throw ArmFailure.of(405, "MethodNotAllowed", what + " is not there in the lab's vault.");
    };
  }

  private ArmAnswer get(SecretPath path) {
    Secret secret = alive(path.name());
    SecretVersion version = secret.version(path.rest()).orElseThrow(() -> notFound(path.name()));
    if (!version.enabled()) {
      throw ArmFailure.of(403, "Forbidden", "Operation get is not allowed on a disabled secret.");
    }
    return ArmAnswer.of(200, documents.bundle(secret, version));
  }

  private ArmAnswer set(String name, JsonNode body) {
    JsonNode value = body.path("value");
    if (!value.isTextual() || value.asText().length() > LONGEST_VALUE) {
      throw ArmFailure.of(
          400,
          "BadParameter",
          "A secret's value is a text of up to " + LONGEST_VALUE + " characters.");
    }
    if (vault.find(name).filter(Secret::wasDeleted).isPresent()) {
      throw ArmFailure.of(
          409,
          "Conflict",
          "Secret "
              + name
              + " is currently in a deleted but recoverable state, and its name cannot be reused;"
              + " in this state, the secret can only be recovered or purged.");
    }
    SecretVersion empty =
        new SecretVersion(
            UUID.randomUUID().toString().replace("-", ""),
            value.asText(),
            null,
            true,
            null,
            null,
            seconds(),
            seconds(),
            Map.of());
    SecretVersion version = changed(empty, body);
    return ArmAnswer.of(200, documents.bundle(vault.set(name, version), version));
  }

  private ArmAnswer update(SecretPath path, JsonNode body) {
    Secret secret = alive(path.name());
    SecretVersion version =
        vault
            .change(path.name(), path.rest(), before -> changed(before, body))
            .orElseThrow(() -> notFound(path.name()));
    return ArmAnswer.of(200, documents.version(secret, version));
  }

  /** What a request does not name stays. */
  private SecretVersion changed(SecretVersion before, JsonNode body) {
    JsonNode attributes = body.path("attributes");
    Map<String, String> tags = new HashMap<>();
    body.path("tags")
        .properties()
        .forEach(each -> tags.put(each.getKey(), each.getValue().asText()));
    return new SecretVersion(
        before.id(),
        before.value(),
        body.path("contentType").asText(before.contentType()),
        attributes.path("enabled").asBoolean(before.enabled()),
        attributes.hasNonNull("nbf")
            ? Long.valueOf(attributes.get("nbf").asLong())
            : before.notBefore(),
        attributes.hasNonNull("exp")
            ? Long.valueOf(attributes.get("exp").asLong())
            : before.expires(),
        before.created(),
        seconds(),
        body.hasNonNull("tags") ? tags : before.tags());
  }

  private Secret alive(String name) {
    return vault.find(name).filter(each -> !each.wasDeleted()).orElseThrow(() -> notFound(name));
  }

  private Secret dead(String name) {
    return vault.find(name).filter(Secret::wasDeleted).orElseThrow(() -> notFound(name));
  }

  private static ArmFailure notFound(String name) {
    return ArmFailure.of(
        404,
        "SecretNotFound",
        "A secret with (name/id) "
            + name
            + " was not found in this key vault. If you recently deleted this secret you may be"
            + " able to recover it using the correct recovery command.");
  }

  private long seconds() {
    return clock.millis() / 1000;
  }
}
