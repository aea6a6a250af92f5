package io.arbitex.recovery.lab.azure.dns;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What a name resolves to now, by the zones of the lab alone.
 *
 * @param names the name, and each that it stands for, in turn
 * @param addresses of the last; empty when it is in none of the lab's zones, or has none
 * @param ttl seconds for which a client may remember it: the shortest on the way
 */
public record Resolution(List<String> names, List<String> addresses, long ttl) {
  private static final int LONGEST_CHAIN = 16;
  private static final String IPV4 = "\\d{1,3}(\\.\\d{1,3}){3}";

  public Resolution {
    names = List.copyOf(names);
    addresses = List.copyOf(addresses);
  }

  /**
   * Looks a name up.
   *
   * @param inside as the network sees it, to which all private zones are linked: a private zone
   *     hides the public one
   * @return empty when there is no such name
   */
  public static Optional<Resolution> of(Zones zones, String name, boolean inside) {
    List<String> names = new ArrayList<>(List.of(name.toLowerCase(Locale.ROOT)));
    long ttl = Long.MAX_VALUE;
    while (names.size() <= LONGEST_CHAIN) {
      String last = names.get(names.size() - 1);
      Optional<Zone> zone = zone(zones, last, inside);
      Optional<RecordSet> addresses = find(zones, zone, RecordType.A, last);
      Optional<RecordSet> other = find(zones, zone, RecordType.CNAME, last);
      if (addresses.isPresent()) {
        List<String> found = addresses.get().values().stream().map(each -> each.get(0)).toList();
        return Optional.of(new Resolution(names, found, Math.min(ttl, addresses.get().ttl())));
      }
      if (other.isEmpty()) {
        // A server's name is an address in the lab: that is where a real one would lead to.
        return names.size() == 1
            ? Optional.empty()
            : Optional.of(
                new Resolution(names, last.matches(IPV4) ? List.of(last) : List.of(), ttl));
      }
      ttl = Math.min(ttl, other.get().ttl());
      names.add(withoutDot(other.get().values().get(0).get(0)).toLowerCase(Locale.ROOT));
    }
    return Optional.of(new Resolution(names, List.of(), ttl));
  }

  private static Optional<Zone> zone(Zones zones, String name, boolean inside) {
    return zones.all().stream()
        .filter(each -> each.covers(name) && (inside || !each.isPrivate()))
        .max(Comparator.comparing(Zone::isPrivate).thenComparing(each -> each.name().length()));
  }

  private static Optional<RecordSet> find(
      Zones zones, Optional<Zone> zone, RecordType type, String name) {
    return zone.flatMap(it -> zones.find(it, type, it.relative(name)));
  }

  private static String withoutDot(String name) {
    return name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
  }
}
