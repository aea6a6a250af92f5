package io.arbitex.recovery.checks;

import java.io.IOException;
import java.nio.file.Path;

/** A manifest of a restore point that cannot be trusted; the message says which and why. */
public final class UnreadableManifest extends IOException {
  private static final long serialVersionUID = 1L;

  public UnreadableManifest(Path manifest, String reason, Throwable cause) {
    super(manifest + ": " + reason, cause);
  }

  public UnreadableManifest(Path manifest, String reason) {
    super(manifest + ": " + reason);
  }
}
