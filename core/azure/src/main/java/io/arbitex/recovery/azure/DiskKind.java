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
 */
public record DiskKind(
    String sku,
    List<String> zones,
    String tier,
    String encryption,
    String encryptionSet,
    String networkAccess,
    String diskAccess,
    String publicAccess) {
  private static final String PREFIX = "recovery-disk-";
  private static final String ZONE = ",";

  /** Azure refuses a tag with a longer value, and the snapshot with it. */
  private static final int LONGEST = 256;

  public DiskKind {
    zones = List.copyOf(zones);
  }

  /** As tags of a snapshot; what is empty, or too long for a tag, is left out. */
  public Map<String, String> tags() {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("sku", sku);
    all.put("zones", String.join(ZONE, zones));
    all.put("tier", tier);
    all.put("encryption", encryption);
    all.put("encryption-set", encryptionSet);
    all.put("network-access", networkAccess);
    all.put("disk-access", diskAccess);
    all.put("public-access", publicAccess);
    Map<String, String> tags = new LinkedHashMap<>();
    all.forEach(
        (name, value) -> {
          if (!value.isEmpty() && value.length() <= LONGEST) {
            tags.put(PREFIX + name, value);
          }
        });
    return tags;
  }

  /** Reads the tags of a snapshot; empty when they say nothing of its disk. */
  public static Optional<DiskKind> ofTags(Map<String, String> tags) {
    String zones = tag(tags, "zones");
    DiskKind kind =
        new DiskKind(
            tag(tags, "sku"),
            zones.isEmpty() ? List.of() : List.of(zones.split(ZONE, -1)),
            tag(tags, "tier"),
            tag(tags, "encryption"),
            tag(tags, "encryption-set"),
            tag(tags, "network-access"),
            tag(tags, "disk-access"),
            tag(tags, "public-access"));
    return Optional.of(kind).filter(found -> !found.tags().isEmpty());
  }

  private static String tag(Map<String, String> tags, String name) {
    return tags.getOrDefault(PREFIX + name, "");
  }
}
