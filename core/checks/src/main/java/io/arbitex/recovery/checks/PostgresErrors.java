package io.arbitex.recovery.checks;

import io.arbitex.recovery.record.Symptom;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import javax.net.ssl.SSLException;

/**
 * What an error of PostgreSQL means (design, section 5: not every error is a disaster). By SQLSTATE
 * (PostgreSQL manual, appendix A) and by the kind of exception, never by the words of a message,
 * which change with the server's language. What is not known here is UNCLASSIFIED, and nobody acts
 * on that.
 */
public final class PostgresErrors {

  /**
   * @param code SQLSTATE, or the exception's name when there is none
   * @param message the error in one line; the driver puts no password into it
   * @param hint what a person should do next
   */
  public record Diagnosis(Symptom symptom, String code, String message, String hint) {}

  private record Meaning(Symptom symptom, String hint) {}

  private static final Meaning UNREACHABLE =
      new Meaning(
          Symptom.UNREACHABLE,
          "See whether the server's process and machine live and the network path is open.");
  private static final Meaning HUNG =
      new Meaning(
          Symptom.HUNG,
          "The server took the connection but did not answer in time: look at its load, its disk"
              + " and its locks.");
  private static final Meaning LOGIN =
      new Meaning(
          Symptom.AUTHENTICATION,
          "The server lives but refuses this login: check role, password, grants and pg_hba.conf;"
              + " a restore would not help.");
  private static final Meaning CERTIFICATE =
      new Meaning(
          Symptom.CERTIFICATE,
          "Renew or trust the server's certificate; a restore would not help.");
  private static final Meaning CORRUPT =
      new Meaning(
          Symptom.CORRUPT,
          "Stop writing, keep the data directory as it is, restore beside it and compare.");
  private static final Meaning DISK_FULL =
      new Meaning(
          Symptom.DISK_FULL,
          "Free or add disk space on the server; see WAL archiving and replication slots first.");
  private static final Meaning MEDIUM =
      new Meaning(
          Symptom.CORRUPT,
          "The server cannot read or write a file of its own: look at the disk and the kernel's log"
              + " before anything else is written.");
  private static final Meaning FILE_MISSING =
      new Meaning(
          Symptom.CORRUPT,
          "A file of the server is gone: keep the data directory as it is, restore beside it and"
              + " compare.");
  private static final Meaning OVERLOADED =
      new Meaning(
          Symptom.BUSY,
          "The server lives but is out of memory, locks or another limit: see its load and"
              + " settings; a restore would not help.");
  private static final Meaning LOCKED =
      new Meaning(Symptom.BUSY, "Another session holds a lock: see pg_locks for which, and why.");
  private static final Meaning SERVER_STOPPED =
      new Meaning(
          Symptom.UNREACHABLE,
          "The server is being stopped or crashed: see who stopped it, and whether it comes back.");
  private static final Meaning UNKNOWN =
      new Meaning(
          Symptom.UNCLASSIFIED,
          "Not an error that is known here, so nothing is done about it: a person must look.");

  private static final Map<String, Meaning> BY_STATE =
      Map.ofEntries(
          Map.entry("08004", LOGIN),
          Map.entry("08P01", UNKNOWN),
          Map.entry("28000", LOGIN),
          Map.entry("28P01", LOGIN),
          Map.entry("42501", LOGIN),
          Map.entry(
              "53300",
              new Meaning(
                  Symptom.TOO_MANY_CONNECTIONS,
                  "End idle sessions or raise max_connections; the data is not at risk.")),
          Map.entry("53100", DISK_FULL),
          Map.entry("53000", OVERLOADED),
          Map.entry("53200", OVERLOADED),
          Map.entry("53400", OVERLOADED),
          Map.entry(
              "25006",
              new Meaning(
                  Symptom.READ_ONLY,
                  "The server takes no writes: see whether it is a replica, out of space, or set to"
                      + " default_transaction_read_only.")),
          Map.entry(
              "57P03",
              new Meaning(
                  Symptom.STARTING,
                  "The server is starting, recovering or shutting down: wait and watch its log.")),
          Map.entry("57P01", SERVER_STOPPED),
          Map.entry("57P02", SERVER_STOPPED),
          Map.entry("57014", HUNG),
          Map.entry("55P03", LOCKED),
          Map.entry("40P01", LOCKED),
          Map.entry(
              "57P04",
              new Meaning(
                  Symptom.DATA_MISSING,
                  "The database was dropped while it was in use: see who did it.")),
          Map.entry(
              "3D000",
              new Meaning(
                  Symptom.DATA_MISSING,
                  "The server lives but the database is not there: see who dropped or renamed"
                      + " it.")),
          Map.entry(
              "42P01",
              new Meaning(
                  Symptom.DATA_MISSING,
                  "The database lives but a table is not there: see who dropped it, or whether a"
                      + " migration is running.")),
          Map.entry("XX001", CORRUPT),
          Map.entry("XX002", CORRUPT),
          Map.entry("58030", MEDIUM),
          Map.entry("58P01", FILE_MISSING));

  private PostgresErrors() {}

  /** What an error means; looks through its causes. */
  public static Diagnosis diagnose(Throwable error) {
    List<Throwable> chain = chain(error);
    String state = state(chain);
    Meaning meaning = meaning(chain, state);
    String code = state.isEmpty() ? error.getClass().getSimpleName() : state;
    return new Diagnosis(meaning.symptom(), code, oneLine(error), meaning.hint());
  }

  private static Meaning meaning(List<Throwable> chain, String state) {
    for (Throwable each : chain) {
      if (each instanceof CertificateException || each instanceof SSLException) {
        return CERTIFICATE;
      }
    }
    if (BY_STATE.containsKey(state)) {
      return BY_STATE.get(state);
    }
    for (Throwable each : chain) {
      if (each instanceof SocketTimeoutException) {
        return isConnect(each) ? UNREACHABLE : HUNG;
      }
    }
    if (state.startsWith("08")) {
      return UNREACHABLE;
    }
    if (!state.isEmpty()) {
      return UNKNOWN;
    }
    for (Throwable each : chain) {
      if (each instanceof ConnectException
          || each instanceof NoRouteToHostException
          || each instanceof UnknownHostException
          || each instanceof SocketException) {
        return UNREACHABLE;
      }
    }
    return UNKNOWN;
  }

  /** Java has one exception for both timeouts; the one of the connection is told by its words. */
  private static boolean isConnect(Throwable timeout) {
    return timeout.getMessage() != null
        && timeout.getMessage().toLowerCase(Locale.ROOT).startsWith("connect");
  }

  private static String state(List<Throwable> chain) {
    for (Throwable each : chain) {
      if (each instanceof SQLException sql && sql.getSQLState() != null) {
        return sql.getSQLState();
      }
    }
    return "";
  }

  private static List<Throwable> chain(Throwable error) {
    List<Throwable> chain = new ArrayList<>();
    Set<Throwable> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Throwable each = error; each != null && seen.add(each); each = each.getCause()) {
      chain.add(each);
    }
    return chain;
  }

  private static String oneLine(Throwable error) {
    String message = error.getMessage() == null ? error.toString() : error.getMessage();
    String line = message.strip().replaceAll("\\s*\\R\\s*", " ");
    boolean named = error instanceof SQLException || !(error instanceof IOException);
    return named ? line : error.getClass().getSimpleName() + ": " + line;
  }
}
