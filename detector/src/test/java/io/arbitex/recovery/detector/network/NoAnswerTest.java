package io.arbitex.recovery.detector.network;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.detector.network.NoAnswer.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertificateExpiredException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class NoAnswerTest {
  static Stream<Arguments> errors() {
    return Stream.of(
        Arguments.of(new UnknownHostException("api.example"), Kind.NO_NAME),
        Arguments.of(new ConnectException("Connection refused"), Kind.NO_CONNECTION),
        Arguments.of(new NoRouteToHostException("No route to host"), Kind.NO_CONNECTION),
        Arguments.of(new SocketTimeoutException("Read timed out"), Kind.TOO_LATE),
        Arguments.of(new SocketException("Connection reset"), Kind.BROKEN_OFF),
        Arguments.of(new ClosedChannelException(), Kind.BROKEN_OFF),
        Arguments.of(new SSLException("Unrecognized SSL message"), Kind.NO_HANDSHAKE),
        Arguments.of(
            new SSLHandshakeException("terminated").initCause(new SocketException("reset")),
            Kind.NO_HANDSHAKE),
        Arguments.of(
            new SSLHandshakeException("no").initCause(new CertificateExpiredException("old")),
            Kind.CERTIFICATE),
        Arguments.of(new IOException("who knows"), Kind.UNCLEAR),
        Arguments.of(new IllegalStateException(), Kind.UNCLEAR));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void tellsHowFarItCameAlsoFromADeepCause(Throwable error, Kind kind) {
    assertThat(NoAnswer.of(error).kind()).isEqualTo(kind);
    NoAnswer deep = NoAnswer.of(new IOException("a wrapper\nof two lines", error));
    assertThat(deep.kind()).isEqualTo(kind);
    assertThat(deep.text()).startsWith(kind.words()).doesNotContain("\n");
  }
}
