package io.arbitex.recovery.azure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DiskKindTest {
  @Test
  void tagsSayWhatTheyWereMadeOf() {
    DiskKind kind =
        new DiskKind(
            "Premium_LRS",
            List.of("1", "3"),
            "P30",
            "EncryptionAtRestWithCustomerKey",
            "/subscriptions/s/des",
            "DenyAll",
            "",
            "Disabled",
            "",
            "",
            "512");
    assertThat(kind.tags())
        .containsEntry("recovery-disk-zones", "1,3")
        .doesNotContainKey("recovery-disk-disk-access");
    assertThat(DiskKind.ofTags(kind.tags())).contains(kind);
  }

  @Test
  void aSnapshotThatSomebodyElseTookSaysNothing() {
    assertThat(DiskKind.ofTags(Map.of("recovery-platform", "eu-1"))).isEmpty();
  }

  /** Azure would refuse the snapshot; and a key without its set, later, the disk. */
  @Test
  void aValueThatIsTooLongForATagTakesTwo() {
    String set = "/subscriptions/" + "x".repeat(300);
    DiskKind kind = new DiskKind("s", List.of(), "", "", set, "", "", "", "", "", "");
    assertThat(kind.tags())
        .containsOnlyKeys(
            "recovery-disk-sku", "recovery-disk-encryption-set", "recovery-disk-encryption-set-2");
    assertThat(kind.tags().values()).allMatch(value -> value.length() <= 256);
    assertThat(DiskKind.ofTags(kind.tags())).contains(kind);
  }
}
