package io.arbitex.recovery.lab.kubernetes.kubelet;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class MountedPathsTest {
  private final MountedPaths paths =
      new MountedPaths(
          Map.of(
              "/data", Path.of("/pod/rootfs/data"),
              "/data/deep", Path.of("/pod/rootfs/data/deep"),
              "/tmp", Path.of("/pod/rootfs/tmp")));

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "/data, /pod/rootfs/data",
        "/data/x, /pod/rootfs/data/x",
        "/data/deep/x, /pod/rootfs/data/deep/x",
        "--dir=/data, --dir=/pod/rootfs/data",
        "cat '/data/a' > /tmp/b, cat '/pod/rootfs/data/a' > /pod/rootfs/tmp/b",
        "/database, /database",
        "/data-old, /data-old",
        "/var/data, /var/data",
        "postgresql://host/data, postgresql://host/data",
        "data, data",
      })
  void translatesWholePathsOnly(String given, String expected) {
    assertThat(paths.translate(given)).isEqualTo(expected);
  }

  @Test
  void whatIsTranslatedIsNotTranslatedAgain() {
    MountedPaths nested = new MountedPaths(Map.of("/a", Path.of("/tmp/a"), "/tmp", Path.of("/x")));
    assertThat(nested.translate("/a")).isEqualTo("/tmp/a");
  }
}
