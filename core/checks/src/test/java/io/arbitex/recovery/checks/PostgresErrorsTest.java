package io.arbitex.recovery.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.arbitex.recovery.record.Symptom;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateExpiredException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PostgresErrorsTest {

  static Stream<Arguments> errors() {
    return Stream.of(
        Arguments.of(sql("08001", new ConnectException("refused")), Symptom.UNREACHABLE),
        Arguments.of(sql("08006", new EOFException()), Symptom.UNREACHABLE),
        Arguments.of(sql("08003", null), Symptom.UNREACHABLE),
        Arguments.of(sql("08006", new SocketTimeoutException("Read timed out")), Symptom.HUNG),
        Arguments.of(
            sql("08001", new SocketTimeoutException("Connect timed out")), Symptom.UNREACHABLE),
        Arguments.of(sql("57014", null), Symptom.HUNG),
        Arguments.of(sql("28P01", null), Symptom.AUTHENTICATION),
        Arguments.of(sql("28000", null), Symptom.AUTHENTICATION),
        Arguments.of(sql("08004", null), Symptom.AUTHENTICATION),
        Arguments.of(sql("42501", null), Symptom.AUTHENTICATION),
        Arguments.of(sql("53300", null), Symptom.TOO_MANY_CONNECTIONS),
        Arguments.of(sql("53100", null), Symptom.DISK_FULL),
        Arguments.of(sql("25006", null), Symptom.READ_ONLY),
        Arguments.of(sql("57P03", null), Symptom.STARTING),
        Arguments.of(sql("57P01", null), Symptom.UNREACHABLE),
        Arguments.of(sql("57P02", null), Symptom.UNREACHABLE),
        Arguments.of(sql("3D000", null), Symptom.DATA_MISSING),
        Arguments.of(sql("42P01", null), Symptom.DATA_MISSING),
        Arguments.of(sql("XX001", null), Symptom.CORRUPT),
        Arguments.of(sql("XX002", null), Symptom.CORRUPT),
        Arguments.of(sql("58030", null), Symptom.CORRUPT),
        Arguments.of(sql("58P01", null), Symptom.CORRUPT),
        Arguments.of(sql("57P04", null), Symptom.DATA_MISSING),
        Arguments.of(sql("55P03", null), Symptom.BUSY),
        Arguments.of(sql("40P01", null), Symptom.BUSY),
        Arguments.of(sql("53000", null), Symptom.BUSY),
        Arguments.of(sql("53200", null), Symptom.BUSY),
        Arguments.of(sql("53400", null), Symptom.BUSY),
        Arguments.of(
            sql("08006", new SSLHandshakeException("bad certificate")), Symptom.CERTIFICATE),
        Arguments.of(
            new IOException(new CertificateExpiredException("expired")), Symptom.CERTIFICATE),
        Arguments.of(new ConnectException("Connection refused"), Symptom.UNREACHABLE),
        Arguments.of(new NoRouteToHostException("no route"), Symptom.UNREACHABLE),
        Arguments.of(new UnknownHostException("db.example"), Symptom.UNREACHABLE),
        Arguments.of(new SocketTimeoutException("Read timed out"), Symptom.HUNG),
        Arguments.of(new IllegalStateException(sql("53100", null)), Symptom.DISK_FULL),
        // What nobody knows must never start a restore.
        Arguments.of(sql("08P01", null), Symptom.UNCLASSIFIED),
        Arguments.of(sql("XX000", null), Symptom.UNCLASSIFIED),
        Arguments.of(sql("42601", null), Symptom.UNCLASSIFIED),
        Arguments.of(sql(null, null), Symptom.UNCLASSIFIED),
        Arguments.of(new IOException("strange"), Symptom.UNCLASSIFIED),
        Arguments.of(new NullPointerException(), Symptom.UNCLASSIFIED));
  }

  private static SQLException sql(String state, Throwable cause) {
    return new SQLException("message\n  on two lines", state, cause);
  }

  @ParameterizedTest
  @MethodSource("errors")
  void eachErrorHasItsMeaningAndAHint(Throwable error, Symptom symptom) {
    PostgresErrors.Diagnosis diagnosis = PostgresErrors.diagnose(error);
    assertThat(diagnosis.symptom()).isEqualTo(symptom);
    assertThat(diagnosis.hint()).endsWith(".");
    assertThat(diagnosis.message()).doesNotContain("\n");
    assertThat(diagnosis.code()).isNotEmpty();
  }

  @Test
  void aRealServerSaysSo() throws SQLException {
    try (PostgresFixture postgres =
        PostgresFixture.start(
            List.of("max_connections = 4", "superuser_reserved_connections = 0"))) {
      DatabaseAddress address = postgres.address("postgres");
      assertThat(symptom(address.withLogin("nobody", "wrong"))).isEqualTo(Symptom.AUTHENTICATION);
      assertThat(symptom(address.withDatabase("gone"))).isEqualTo(Symptom.DATA_MISSING);
      try (Connection a = postgres.connect("postgres");
          Connection b = postgres.connect("postgres");
          Connection c = postgres.connect("postgres");
          Connection d = postgres.connect("postgres");
          Statement statement = d.createStatement()) {
        assertThat(List.of(a, b, c)).hasSize(3);
        assertThat(symptom(address)).isEqualTo(Symptom.TOO_MANY_CONNECTIONS);
        statement.execute("SET default_transaction_read_only = on");
        assertThat(
                PostgresErrors.diagnose(
                        catchThrowable(() -> statement.execute("CREATE TABLE t (a int)")))
                    .symptom())
            .isEqualTo(Symptom.READ_ONLY);
        statement.execute("SET statement_timeout = 50");
        assertThat(
                PostgresErrors.diagnose(
                        catchThrowable(() -> statement.execute("SELECT pg_sleep(10)")))
                    .symptom())
            .isEqualTo(Symptom.HUNG);
        postgres.kill();
        assertThat(
                PostgresErrors.diagnose(catchThrowable(() -> statement.execute("SELECT 1")))
                    .symptom())
            .isEqualTo(Symptom.UNREACHABLE);
      }
      assertThat(symptom(address)).isEqualTo(Symptom.UNREACHABLE);
    }
  }

  private static Symptom symptom(DatabaseAddress address) {
    Throwable error =
        catchThrowable(
            () -> address.connect("test", Duration.ofSeconds(2), Duration.ofSeconds(2)).close());
    return PostgresErrors.diagnose(error).symptom();
  }
}
