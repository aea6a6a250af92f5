package io.arbitex.recovery.azure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What of a disk Azure does not keep in its snapshots: a disk that is made from one gets Azure's
 * defaults otherwise, so it may be slower, in a zone where no node can have it, open to export, or
 * encrypted by another key. The backup keeps it in the snapshot's tags, for the day when the disk
 * is gone. A value that Azure did not say is empty.
 *
 * @param sku as {@code Premium_LRS}
 * @param zones as Azure names them: {@code 1}
 * @param tier of performance, as {@code P30}
 * @param encryption its type
 * @param encryptionSet resource id of the disk encryption set
 * @param networkAccess policy of network access
 * @param diskAccess resource id of the disk access
 * @param publicAccess whether by public networks
 * @param operations a second that were bought, where they are bought apart
 * @param throughput megabytes a second, likewise
 * @param sector bytes of a sector
 */
public record DiskKind(
    String sku,
    List<String> zones,
    String tier,
    String encryption,
    String encryptionSet,
    String networkAccess,
    String diskAccess,
    String publicAccess,
    String operations,
    String throughput,
    String sector) {
  private static final String PREFIX = "recovery-disk-";
  private static final String ZONE = ",";

  /** Azure refuses a tag with a longer value, and the snapshot with it. */
  private static final int LONGEST = 256;

  public DiskKind {
    zones = List.copyOf(zones);
  }

  /** As tags of a snapshot; what is empty is left out, and what is too long takes several. */
  public Map<String, String> tags() {
    Map<String, String> tags = new LinkedHashMap<>();
    put(tags, "sku", sku);
    put(tags, "zones", String.join(ZONE, zones));
    put(tags, "tier", tier);
    put(tags, "encryption", encryption);
    put(tags, "encryption-set", encryptionSet);
    put(tags, "network-access", networkAccess);
    put(tags, "disk-access", diskAccess);
    put(tags, "public-access", publicAccess);
    put(tags, "operations", operations);
    put(tags, "throughput", throughput);
    put(tags, "sector", sector);
    return tags;
  }

  private static void put(Map<String, String> tags, String name, String value) {
    for (int part = 0; part * LONGEST < value.length(); part++) {
      tags.put(
          tag(name, part),
          value.substring(part * LONGEST, Math.min((part + 1) * LONGEST, value.length())));
    }
  }

  /** Reads the tags of a snapshot; empty when they say nothing of its disk. */
  public static Optional<DiskKind> ofTags(Map<String, String> tags) {
    String zones = read(tags, "zones");
    DiskKind kind =
        new DiskKind(
            read(tags, "sku"),
            zones.isEmpty() ? List.of() : List.of(zones.split(ZONE, -1)),
            read(tags, "tier"),
            read(tags, "encryption"),
            read(tags, "encryption-set"),
            read(tags, "network-access"),
            read(tags, "disk-access"),
            read(tags, "public-access"),
            read(tags, "operations"),
            read(tags, "throughput"),
            read(tags, "sector"));
    return Optional.of(kind).filter(found -> !found.tags().isEmpty());
  }

  private static String read(Map<String, String> tags, String name) {
    StringBuilder value = new StringBuilder();
    for (int part = 0; tags.containsKey(tag(name, part)); part++) {
      value.append(tags.get(tag(name, part)));
    }
    return value.toString();
  }

  private static String tag(String name, int part) {
    return PREFIX + name + (part == 0 ? "" : "-" + (part + 1));
  }
}
