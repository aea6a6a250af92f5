package io.arbitex.recovery.executors.azure;

import io.arbitex.recovery.configuration.Azure;
import io.arbitex.recovery.configuration.DnsRecord;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.azure.RecordSets.Found;
import io.arbitex.recovery.record.FailureCode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * A DNS record that is led to what a recovery has brought back. Its old value is kept in its own
 * metadata, and it is changed only as it was read.
 */
public final class RecordSwitch {
  private static final String OLD = "recovery-old";
  private static final String INCIDENT = "recovery-incident";
  private static final String COMMAND = "recovery-command";

  private static final Pattern ADDRESS = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final int TRIES = 3;

  private final Azure azure;
  private final DnsRecord place;
  private RecordSets open;

  public RecordSwitch(Azure azure, DnsRecord place) {
    this.azure = azure;
    this.place = place;
  }

  private synchronized RecordSets records() throws ActionFailure {
    if (open == null) {
      open = new RecordSets(AzureAccess.open(azure), place);
    }
    return open;
  }

  private Optional<Found> find(String host) throws ActionFailure, InterruptedException {
    return records().find(ADDRESS.matcher(host).matches());
  }

  /**
   * What it names now.
   *
   * @param to decides the type: A for an address, else CNAME
   * @return empty when there is none of the type
   * @throws ActionFailure when Azure does not say
   */
  public Optional<List<String>> values(String to) throws ActionFailure, InterruptedException {
    return find(to).map(Found::values);
  }

  /**
   * Lets it name another server, where it names the one of before: what names neither is somebody
   * else's, and is left as it is.
   *
   * @return what is to be told: that it does now, or why it is left as it is
   * @throws ActionFailure when Azure refuses or does not say
   */
  public String change(ActionContext context, String from, String to)
      throws ActionFailure, InterruptedException {
    return change(context, found -> isAt(found, from), to);
  }

  /**
   * Lets it name another address, where it names just one, whatever that is.
   *
   * @return as above
   * @throws ActionFailure as above
   */
  public String change(ActionContext context, String to)
      throws ActionFailure, InterruptedException {
    return change(context, found -> found.values().size() == 1, to);
  }

  private String change(ActionContext context, Predicate<Found> expected, String to)
      throws ActionFailure, InterruptedException {
    for (int i = 0; i < TRIES; i++) {
      Optional<Found> found = find(to);
      if (found.isEmpty()) {
        return place.fullName()
            + " is left as it is: it has no record of the type that names "
            + to;
      }
      if (isAt(found.get(), to)) {
        return place.fullName() + " names " + to;
      }
      if (!expected.test(found.get())) {
        return place.fullName() + " is left as it is: it names " + found.get().values();
      }
      Map<String, String> notes = new LinkedHashMap<>(found.get().metadata());
      notes.put(OLD, found.get().ttl() + " " + String.join(",", found.get().values()));
      notes.put(INCIDENT, context.command().getIncidentId());
      notes.put(COMMAND, context.command().getCommandId());
      if (records().replace(found.get().with(List.of(to), place.ttl().toSeconds(), notes))) {
        return place.fullName() + " names " + to + ", before that " + found.get().values();
      }
    }
    throw restless();
  }

  /** Whether it names that and nothing else. */
  public boolean isAt(String to) throws ActionFailure, InterruptedException {
    return find(to).filter(found -> isAt(found, to)).isPresent();
  }

  /** Whether it names that host since this incident. */
  public boolean isSwitched(ActionContext context, String to)
      throws ActionFailure, InterruptedException {
    return find(to).filter(found -> isOurs(context, found, to)).isPresent();
  }

  /** Lets it name again what it named before, where what it names is this incident's. */
  public void putBack(ActionContext context, String to) throws ActionFailure, InterruptedException {
    for (int i = 0; i < TRIES; i++) {
      Optional<Found> found = find(to).filter(each -> isOurs(context, each, to));
      if (found.isEmpty()) {
        return;
      }
      Map<String, String> notes = new LinkedHashMap<>(found.get().metadata());
      String[] old = notes.remove(OLD).split(" ", 2);
      notes.remove(INCIDENT);
      notes.remove(COMMAND);
      List<String> values = List.of(old[1].split(",", -1));
      if (records().replace(found.get().with(values, Long.parseLong(old[0]), notes))) {
        return;
      }
    }
    throw restless();
  }

  private ActionFailure restless() {
    return ActionFailure.passing(
        FailureCode.NOT_CONFIRMED,
        "somebody else changes the DNS record " + place.fullName() + " at the same time",
        "See who changes it.");
  }

  private static boolean isOurs(ActionContext context, Found found, String to) {
    Map<String, String> notes = found.metadata();
    return context.command().getIncidentId().equals(notes.get(INCIDENT))
        && notes.getOrDefault(OLD, "").matches("\\d{1,10} .+")
        && isAt(found, to);
  }

  private static boolean isAt(Found found, String host) {
    return found.values().size() == 1 && plain(found.values().get(0)).equals(plain(host));
  }

  /** Names are the same in either case, and with or without the last dot. */
  private static String plain(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
  }
}
