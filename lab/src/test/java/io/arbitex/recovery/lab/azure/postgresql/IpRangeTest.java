package io.arbitex.recovery.lab.azure.postgresql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class IpRangeTest {
  @Test
  void itsBlocksAreItsAddressesAndNoOthers() {
    assertThat(new IpRange("10.0.0.1", "10.0.0.1").blocks()).containsExactly("10.0.0.1/32");
    assertThat(new IpRange("10.0.0.5", "10.0.0.12").blocks())
        .containsExactly("10.0.0.5/32", "10.0.0.6/31", "10.0.0.8/30", "10.0.0.12/32");
    assertThat(new IpRange("0.0.0.0", "255.255.255.255").blocks()).containsExactly("0.0.0.0/0");
    assertThat(new IpRange("0.0.0.0", "0.0.0.0").blocks()).containsExactly("0.0.0.0/32");
    assertThat(new IpRange("255.255.255.254", "255.255.255.255").blocks())
        .containsExactly("255.255.255.254/31");
  }

  @Test
  void whatIsNoRangeIsRefused() {
    assertThatThrownBy(() -> new IpRange("10.0.0.2", "10.0.0.1")).hasMessageContaining("before");
    assertThatThrownBy(() -> new IpRange("10.0.0.256", "10.0.1.1")).hasMessageContaining("IPv4");
    assertThatThrownBy(() -> new IpRange("", "10.0.1.1")).hasMessageContaining("IPv4");
    assertThatThrownBy(() -> new IpRange(null, "10.0.1.1")).hasMessageContaining("IPv4");
  }
}
