package io.arbitex.recovery.lab.azure.servers;

import com.fasterxml.jackson.annotation.JsonValue;

/** As Azure names them. */
public enum ServerState {
  PROVISIONING("Provisioning"),
  READY("Ready"),
  STARTING("Starting"),
  STOPPING("Stopping"),
  STOPPED("Stopped"),
  RESTARTING("Restarting"),
  UPDATING("Updating"),
  DROPPING("Dropping");

  private final String text;

  ServerState(String text) {
    this.text = text;
  }

  /** In answers, and in the lab's files. */
  @JsonValue
  public String text() {
    return text;
  }
}
