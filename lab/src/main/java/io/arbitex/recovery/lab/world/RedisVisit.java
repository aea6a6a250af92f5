package io.arbitex.recovery.lab.world;

import io.arbitex.recovery.lab.platform.SessionStore;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.KeyValue;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.api.sync.RedisCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One connection to the lab's Redis, for a moment. */
final class RedisVisit implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(5);
  private static final int AT_ONCE = 500;

  private final RedisClient client;
  private final RedisCommands<String, String> commands;

  /**
   * @throws io.lettuce.core.RedisException when it does not answer
   */
  RedisVisit(int port) {
    client =
        RedisClient.create(
            RedisURI.builder().withHost("127.0.0.1").withPort(port).withTimeout(LIMIT).build());
    client.setOptions(ClientOptions.builder().autoReconnect(false).build());
    try {
      commands = client.connect().sync();
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  RedisCommands<String, String> commands() {
    return commands;
  }

  /** What is kept of each session; null for one that is not there. */
  List<String> sessions(List<String> ids) {
    List<String> values = new ArrayList<>();
    for (int from = 0; from < ids.size(); from += AT_ONCE) {
      String[] keys =
          ids.subList(from, Math.min(ids.size(), from + AT_ONCE)).stream()
              .map(SessionStore::key)
              .toArray(String[]::new);
      for (KeyValue<String, String> each : commands.mget(keys)) {
        values.add(each.getValueOrElse(null));
      }
    }
    return values;
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
  }
}
