package io.arbitex.recovery.checks.redis;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The fields of Redis' INFO, of all sections that were asked for. */
public final class RedisInfo {
  private static final Pattern KEYS = Pattern.compile("keys=(\\d+)(,.*)?");
  private static final Pattern DATABASE = Pattern.compile("db\\d+");

  private final Map<String, String> fields = new LinkedHashMap<>();

  /**
   * Reads the text of INFO: {@code field:value} a line, with CR LF or LF; the rest is passed over.
   */
  public static RedisInfo parse(String text) {
    RedisInfo info = new RedisInfo();
    text.lines()
        .map(String::strip)
        .filter(line -> !line.startsWith("#"))
        .forEach(
            line -> {
              int colon = line.indexOf(':');
              if (colon > 0) {
                info.fields.put(line.substring(0, colon), line.substring(colon + 1));
              }
            });
    return info;
  }

  public Optional<String> text(String field) {
    return Optional.ofNullable(fields.get(field));
  }

  /** A whole number; empty when the field is absent or something else. */
  public OptionalLong number(String field) {
    try {
      return text(field).map(Long::parseLong).map(OptionalLong::of).orElse(OptionalLong.empty());
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }

  /** Keys of all databases together; an empty database is not in INFO at all. */
  public long keys() {
    return fields.entrySet().stream()
        .filter(entry -> DATABASE.matcher(entry.getKey()).matches())
        .map(entry -> KEYS.matcher(entry.getValue()))
        .filter(Matcher::matches)
        .mapToLong(matcher -> Long.parseLong(matcher.group(1)))
        .sum();
  }

  /** Names this run of the server: a new one after each start. */
  public String runId() {
    return text("run_id").orElse("");
  }

  /** Keys that went by themselves since the start: their time was over, or memory was short. */
  public long goneByThemselves() {
    return number("expired_keys").orElse(0) + number("evicted_keys").orElse(0);
  }

  /**
   * Why what is written now might not survive a restart, in one line; empty when persistence says
   * that all is well.
   */
  public Optional<String> persistenceFailure() {
    if (saysError("rdb_last_bgsave_status")) {
      return Optional.of("the last background save failed (rdb_last_bgsave_status:err)");
    }
    if (saysError("aof_last_write_status")) {
      return Optional.of("the last write of the AOF failed (aof_last_write_status:err)");
    }
    return saysError("aof_last_bgrewrite_status")
        ? Optional.of("the last rewrite of the AOF failed (aof_last_bgrewrite_status:err)")
        : Optional.empty();
  }

  private boolean saysError(String field) {
    return text(field).filter("err"::equals).isPresent();
  }
}
