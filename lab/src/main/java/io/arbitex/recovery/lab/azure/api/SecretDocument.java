package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.vaults.Secret;
import io.arbitex.recovery.lab.azure.vaults.SecretVersion;

/** Secrets as a key vault tells of them. */
final class SecretDocument {
  private static final int RECOVERABLE_DAYS = 90;
  private static final long DAY_SECONDS = 86_400;

  private final String base;

  /**
   * @param base address of the vault
   */
  SecretDocument(String base) {
    this.base = base;
  }

  /** With the value. */
  ObjectNode bundle(Secret secret, SecretVersion version) {
    return described(secret, version, true).put("value", version.value());
  }

  /** Without the value, and named without the version. */
  ObjectNode item(Secret secret) {
    return described(secret, secret.newest(), false);
  }

  /** Without the value. */
  ObjectNode version(Secret secret, SecretVersion version) {
    return described(secret, version, true);
  }

  /** Of one that is deleted. */
  ObjectNode deleted(Secret secret) {
    return described(secret, secret.newest(), true)
        .put("recoveryId", base + "/deletedsecrets/" + secret.name())
        .put("deletedDate", secret.deleted())
        .put("scheduledPurgeDate", secret.deleted() + RECOVERABLE_DAYS * DAY_SECONDS);
  }

  private ObjectNode described(Secret secret, SecretVersion version, boolean withVersion) {
    ObjectNode document =
        ArmAnswer.object()
            .put(
                "id", base + "/secrets/" + secret.name() + (withVersion ? "/" + version.id() : ""));
    if (version.contentType() != null) {
      document.put("contentType", version.contentType());
    }
    ObjectNode attributes = document.putObject("attributes");
    attributes.put("enabled", version.enabled());
    if (version.notBefore() != null) {
      attributes.put("nbf", version.notBefore());
    }
    if (version.expires() != null) {
      attributes.put("exp", version.expires());
    }
    attributes
        .put("created", version.created())
        .put("updated", version.updated())
        .put("recoveryLevel", "Recoverable+Purgeable")
        .put("recoverableDays", RECOVERABLE_DAYS);
    ObjectNode tags = document.putObject("tags");
    version.tags().forEach(tags::put);
    return document;
  }
}
