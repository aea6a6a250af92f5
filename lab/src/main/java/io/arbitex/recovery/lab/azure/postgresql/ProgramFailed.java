package io.arbitex.recovery.lab.azure.postgresql;

import java.io.IOException;

/** A program of PostgreSQL ended with an error, or not in time; the message has what it said. */
public final class ProgramFailed extends IOException {
  private static final long serialVersionUID = 1L;

  ProgramFailed(String message) {
    super(message);
  }
}
