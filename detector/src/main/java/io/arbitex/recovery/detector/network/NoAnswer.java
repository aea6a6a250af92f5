package io.arbitex.recovery.detector.network;

import java.io.EOFException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Why there was no answer. An error that is not known is {@link Kind#UNCLEAR}: from it nothing may
 * be concluded.
 *
 * @param text for a person, in one line; without what was sent
 */
public record NoAnswer(Kind kind, String text) {
  /** How far it came. */
  public enum Kind {
    NO_NAME("its name does not resolve"),
    NO_CONNECTION("it takes no connection"),
    NO_HANDSHAKE("there is no TLS handshake with it"),
    /** The other side is there, and shows a certificate that is not accepted. */
    CERTIFICATE("its certificate is not accepted"),
    TOO_LATE("it did not answer in time"),
    BROKEN_OFF("it broke the connection off"),
    UNCLEAR("it is not clear what became of the question");

    private final String words;

    Kind(String words) {
      this.words = words;
    }

    public String words() {
      return words;
    }
  }

  /** What an error says; it may stand deep among the causes. */
  public static NoAnswer of(Throwable error) {
    Kind kind = Kind.UNCLEAR;
    Throwable telling = error;
    for (Throwable each = error; each != null; each = each.getCause()) {
      Kind found = kind(each);
      // A certificate is told as the cause of a handshake that failed: the deeper one says more.
      if (kind == Kind.UNCLEAR || found == Kind.CERTIFICATE) {
        telling = each;
        kind = found;
      }
    }
    return new NoAnswer(kind, kind.words() + ": " + text(telling));
  }

  private static Kind kind(Throwable error) {
    if (error instanceof UnknownHostException) {
      return Kind.NO_NAME;
    }
    if (error instanceof CertificateException
        || error instanceof CertPathValidatorException
        || error instanceof SSLPeerUnverifiedException) {
      return Kind.CERTIFICATE;
    }
    if (error instanceof SSLException) {
      return Kind.NO_HANDSHAKE;
    }
    if (error instanceof SocketTimeoutException || error instanceof TimeoutException) {
      return Kind.TOO_LATE;
    }
    // Before SocketException, which they are too.
    if (error instanceof ConnectException || error instanceof NoRouteToHostException) {
      return Kind.NO_CONNECTION;
    }
    return error instanceof SocketException
            || error instanceof ClosedChannelException
            || error instanceof EOFException
        ? Kind.BROKEN_OFF
        : Kind.UNCLEAR;
  }

  private static String text(Throwable error) {
    String name = error.getClass().getSimpleName();
    return error.getMessage() == null
        ? name
        : name + ": " + error.getMessage().lines().findFirst().orElse("");
  }
}
