package io.arbitex.recovery.checks.redis;

import io.arbitex.recovery.configuration.Redis;
import io.arbitex.recovery.configuration.SecretReference;
import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SetArgs;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * New connections to one Redis, each with a limit for connecting and for each answer. No connection
 * is kept or made again behind the caller's back: an old one says nothing of the door.
 *
 * <p>What goes wrong is thrown as it is; {@link RedisErrors} tells what it means.
 */
public final class RedisDoor implements AutoCloseable {
  private final Redis settings;
  private final Duration limit;
  private final RedisClient client;

  /**
   * @param limit for connecting, and again for each answer
   */
  public RedisDoor(Redis settings, Duration limit) {
    this.settings = settings;
    this.limit = limit;
    this.client = RedisClient.create();
    client.setOptions(
        ClientOptions.builder()
            .autoReconnect(false)
            .socketOptions(SocketOptions.builder().connectTimeout(limit).build())
            .timeoutOptions(TimeoutOptions.enabled(limit))
            .build());
  }

  /**
   * Connects.
   *
   * @throws IOException when the password cannot be read: that says nothing of the server
   */
  public Session open() throws IOException {
    RedisURI.Builder uri =
        RedisURI.builder().withHost(settings.host()).withPort(settings.port()).withTimeout(limit);
    Optional<SecretReference> password = settings.password();
    if (password.isPresent()) {
      uri.withPassword(password.get().resolve().toCharArray());
    }
    return new Session(client.connect(uri.build()));
  }

  /** One connection. */
  public static final class Session implements AutoCloseable {
    private final StatefulRedisConnection<String, String> connection;
    private final RedisCommands<String, String> commands;

    Session(StatefulRedisConnection<String, String> connection) {
      this.connection = connection;
      this.commands = connection.sync();
    }

    public void ping() {
      commands.ping();
    }

    public RedisInfo info() {
      return RedisInfo.parse(commands.info());
    }

    /** Writes a key that goes by itself. */
    public void write(String key, String value, Duration life) {
      commands.set(key, value, SetArgs.Builder.px(life));
    }

    @Override
    public void close() {
      connection.close();
    }
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(2));
  }
}
