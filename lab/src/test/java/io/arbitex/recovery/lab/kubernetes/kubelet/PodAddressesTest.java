package io.arbitex.recovery.lab.kubernetes.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Two labs ran at once, and a pod of one could not listen: a pod of the other had its address. */
class PodAddressesTest {
  private static Set<String> firstHundred(String folder) {
    PodAddresses addresses = new PodAddresses(Path.of(folder));
    Set<String> taken = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      taken.add(addresses.free(taken));
    }
    return taken;
  }

  @Test
  void podsOfTwoClustersDoNotMeet() {
    assertThat(firstHundred("/a/.lab/kubernetes/pods"))
        .hasSize(100)
        .doesNotContainAnyElementsOf(firstHundred("/b/.lab/kubernetes/pods"));
  }

  @Test
  void aClusterThatStartsAgainGoesOnWithItsOwn() {
    assertThat(firstHundred("/a/pods")).isEqualTo(firstHundred("/a/pods"));
    assertThat(firstHundred("/a/pods")).noneMatch(address -> address.startsWith("127.0."));
  }
}
