package io.arbitex.recovery.decider;

import io.arbitex.recovery.record.Symptom;

/** What a person should do about a symptom that no restore can help (design, section 5). */
final class SymptomAdvice {
  private SymptomAdvice() {}

  static String of(Symptom symptom) {
    return switch (symptom) {
      case AUTHENTICATION -> "Check the password or role that the probe uses; was it rotated?";
      case TOO_MANY_CONNECTIONS -> "Find who holds the connections; raise the limit or end them.";
      case DISK_FULL -> "Make room or grow the disk; a restore would need even more.";
      case READ_ONLY -> "Is it a standby, or was it set read-only? Promote it or lift the setting.";
      case CERTIFICATE -> "Renew or trust the certificate.";
      case STARTING -> "The server is starting; look at its log if this lasts.";
      case BUSY -> "The resource is being updated; wait for the end of that.";
      case WRITES_REFUSED ->
          "Read why it refuses writes (memory, replicas, a failed save); a restore would meet the"
              + " same.";
      case PERSISTENCE_FAILED ->
          "It serves, but what it writes now would not survive a restart: see to its disk and log.";
      default ->
          "Look at the component; the pipeline does not know this error and does not act on it.";
    };
  }
}
