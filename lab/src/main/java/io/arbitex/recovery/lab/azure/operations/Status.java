package io.arbitex.recovery.lab.azure.operations;

import com.fasterxml.jackson.annotation.JsonValue;

/** As Azure names them. */
public enum Status {
  IN_PROGRESS("InProgress"),
  SUCCEEDED("Succeeded"),
  FAILED("Failed"),
  CANCELED("Canceled");

  private final String text;

  Status(String text) {
    this.text = text;
  }

  /** In answers, and in the lab's files. */
  @JsonValue
  public String text() {
    return text;
  }
}
