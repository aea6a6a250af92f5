package io.arbitex.recovery.lab.platform;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisException;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SetArgs;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.TimeoutOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Sessions in Redis, for half a day each. A session that was acknowledged was answered for by
 * Redis; what else the platform does goes on without it.
 */
public final class SessionStore implements AutoCloseable {
  private static final String PREFIX = "session:";
  private static final Duration LIFE = Duration.ofHours(12);
  private static final Duration LIMIT = Duration.ofSeconds(1);
  private static final int RANDOM_BYTES = 16;

  private final RedisClient client;
  private final SecureRandom random = new SecureRandom();
  private Optional<StatefulRedisConnection<String, String>> connection = Optional.empty();

  /**
   * @param url its address, {@code redis://…}; it is not connected to yet
   */
  SessionStore(String url) {
    RedisURI uri = RedisURI.create(url.strip());
    uri.setTimeout(LIMIT);
    client = RedisClient.create(uri);
    client.setOptions(
        ClientOptions.builder()
            // A command of before must not be done again on a server that may be another one.
            .autoReconnect(false)
            .socketOptions(SocketOptions.builder().connectTimeout(LIMIT).build())
            .timeoutOptions(TimeoutOptions.enabled(LIMIT))
            .build());
  }

  /** The key of a session. */
  public static String key(String id) {
    return PREFIX + id;
  }

  /**
   * A session.
   *
   * @param session what is kept of it
   */
  record Session(String id, String session) {}

  /**
   * Makes a session.
   *
   * @throws RedisException when Redis has not answered for it
   */
  Session create(int tenant, String user) {
    Session made = new Session(hex(), tenant + "/" + user + "/" + hex());
    commands().set(key(made.id()), made.session(), SetArgs.Builder.ex(LIFE));
    return made;
  }

  /**
   * The session of that id; empty when there is none.
   *
   * @throws RedisException when Redis does not answer
   */
  Optional<Session> find(String id) {
    return Optional.ofNullable(commands().get(key(id))).map(found -> new Session(id, found));
  }

  private synchronized RedisCommands<String, String> commands() {
    if (connection.filter(StatefulRedisConnection::isOpen).isEmpty()) {
      connection.ifPresent(StatefulRedisConnection::closeAsync);
      connection = Optional.of(client.connect());
    }
    return connection.get().sync();
  }

  private String hex() {
    byte[] bytes = new byte[RANDOM_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public void close() {
    client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
  }
}
