package io.arbitex.recovery.lab.azure.dns;

import io.arbitex.recovery.lab.azure.state.RecordFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The zones, and their record sets, each in a file of its own. */
public final class Zones {
  private final List<Zone> zones;
  private final RecordFiles<RecordSet> records;

  /** Takes up what is there. Records of zones that are not named any more are kept, unseen. */
  public Zones(Path folder, Collection<Zone> zones) throws IOException {
    this.zones = List.copyOf(zones);
    this.records = new RecordFiles<>(folder, RecordSet.class);
  }

  public List<Zone> all() {
    return zones;
  }

  public Optional<Zone> find(boolean isPrivate, String resourceGroup, String name) {
    return zones.stream()
        .filter(each -> each.isPrivate() == isPrivate)
        .filter(each -> each.resourceGroup().equalsIgnoreCase(resourceGroup))
        .filter(each -> each.name().equalsIgnoreCase(name))
        .findFirst();
  }

  public List<RecordSet> of(Zone zone) {
    return records.values().stream().filter(each -> isOf(zone, each)).toList();
  }

  /**
   * @param name below the zone, in any case
   */
  public Optional<RecordSet> find(Zone zone, RecordType type, String name) {
    return records.find(key(zone, type, name)).filter(each -> isOf(zone, each));
  }

  public void put(RecordSet set) {
    records.put(key(set.zone(), set.type(), set.name()), set);
  }

  public void remove(RecordSet set) {
    records.remove(key(set.zone(), set.type(), set.name()));
  }

  private static boolean isOf(Zone zone, RecordSet set) {
    return set.zone().isPrivate() == zone.isPrivate()
        && set.zone().name().equals(zone.name())
        && set.zone().resourceGroup().equalsIgnoreCase(zone.resourceGroup());
  }

  /** No name of a group, a zone or a record has a comma. */
  private static String key(Zone zone, RecordType type, String name) {
    return String.join(
            ",",
            zone.isPrivate() ? "private" : "public",
            zone.resourceGroup(),
            zone.name(),
            type.name(),
            name)
        .toLowerCase(Locale.ROOT);
  }
}
