package io.arbitex.recovery.executors.clusters;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;

/**
 * A recovery point of a backup vault.
 *
 * @param takenAt when its backup began
 * @param whole nothing that was asked for is missing in it
 * @param operational its objects are where a restore takes them from at once
 * @param expires when the vault deletes it; empty where it does not say
 */
record VaultPoint(
    String name, Instant takenAt, boolean whole, boolean operational, Optional<Instant> expires) {
  static final String STORE = "OperationalStore";

  /**
   * Reads one.
   *
   * @throws ActionFailure UNKNOWN when its time cannot be read
   */
  static VaultPoint of(JsonNode document) throws ActionFailure {
    JsonNode properties = document.path("properties");
    String name = document.path("name").asText();
    try {
      String expires = "";
      boolean operational = false;
      for (JsonNode store : properties.path("recoveryPointDataStoresDetails")) {
        if (store.path("type").asText().equals(STORE)) {
          operational = true;
          expires = store.path("expiryTime").asText("");
        }
      }
      return new VaultPoint(
          name,
          moment(properties.path("recoveryPointTime").asText()),
          properties.path("recoveryPointState").asText("Completed").equals("Completed"),
          operational,
          expires.isEmpty() || expires.equals("null")
              ? Optional.empty()
              : Optional.of(moment(expires)));
    } catch (DateTimeException e) {
      throw new ActionFailure(
          FailureCode.UNKNOWN,
          "a time of the recovery point " + name + " cannot be read",
          "See the recovery point in the vault.",
          false,
          e);
    }
  }

  private static Instant moment(String text) {
    return OffsetDateTime.parse(text).toInstant();
  }

  /** Why it cannot be restored; empty when nothing is known against it. */
  Optional<String> unfit(Instant now) {
    if (!whole) {
      return Optional.of("its backup is not complete");
    }
    if (!operational) {
      return Optional.of("it is in the vault tier only, from which this does not restore");
    }
    return expires.filter(at -> !at.isAfter(now)).map(at -> "it expired at " + at);
  }
}
