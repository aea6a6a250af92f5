package io.arbitex.recovery.lab.azure.postgresql;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/**
 * Where a recovery ends: before the first commit at or after the moment.
 *
 * @param moment microseconds count, what is finer does not
 * @param timeline the source's; the newest one could be a sibling's branch
 */
record RecoveryTarget(Instant moment, int timeline) {
  /** PostgreSQL refuses Z as the name of a zone. */
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS'+00'").withZone(ZoneOffset.UTC);

  String settings(ServerFolder source) {
    StringBuilder text = new StringBuilder();
    ServerSettings.line(
        text,
        "restore_command",
        "cp " + ServerSettings.quoted(source.archive().toString()) + "/%f \"%p\"");
    ServerSettings.line(text, "recovery_target_time", TIME.format(moment));
    ServerSettings.line(text, "recovery_target_inclusive", "off");
    ServerSettings.line(text, "recovery_target_timeline", Integer.toString(timeline));
    ServerSettings.line(text, "recovery_target_action", "promote");
    // Nobody is let in before the target is reached.
    ServerSettings.line(text, "hot_standby", "off");
    return text.toString();
  }
}
