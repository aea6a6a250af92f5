package io.arbitex.recovery.executors.redis;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scripts that move data on the volume, killed before each of their commands. */
class MoveTest {
  private static final int KILLED = 137;
  private static final int LATER_OWNER = 77;
  private static final int FULL = 69;
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path folder;
  private int volumes;
  private long token;

  /** A volume with old data and a staging, and what lies on it. */
  private final class Volume {
    final Path data = folder.resolve("data-" + ++volumes);
    final Path staging = data.resolve(".recovery/s");

    Volume() throws IOException {
      write("appendonlydir/appendonly.aof.manifest", "old manifest");
      write("appendonlydir/appendonly.aof.1.incr.aof", "old commands");
      write("dump.rdb", "old dump");
      write(".hidden", "old hidden");
      write(".recovery/s/staged/appendonlydir/appendonly.aof.manifest", "new manifest");
    }

    private void write(String name, String text) throws IOException {
      Path file = data.resolve(name);
      Files.createDirectories(file.getParent());
      Files.writeString(file, text);
    }

    Map<String, String> files() throws IOException {
      Map<String, String> found = new TreeMap<>();
      try (Stream<Path> all = Files.walk(data)) {
        for (Path each : all.filter(Files::isRegularFile).toList()) {
          String name = data.relativize(each).toString();
          if (!name.contains("owner") && !name.endsWith("/lock") && !name.endsWith(".new")) {
            found.put(name, Files.readString(each));
          }
        }
      }
      return found;
    }

    /** Runs a script; before its nth command of the kind that changes something it is killed. */
    int run(String script, int killedBefore) throws Exception {
      Path bin = Files.createDirectories(folder.resolve("bin"));
      Path count = Files.writeString(folder.resolve("count"), "0\n");
      Files.deleteIfExists(folder.resolve("log"));
      for (String name : List.of("mv", "mkdir", "rmdir", "rm", "sync", "chown", "stat")) {
        shim(
            bin.resolve(name),
            "read -r n <%s; n=$((n + 1)); echo $n >%s\n".formatted(count, count)
                + "echo \"%s $*\" >>%s\n".formatted(name, folder.resolve("log"))
                + "[ $n -ne %d ] || kill -9 $PPID\nexec /bin/%s \"$@\"\n"
                    .formatted(killedBefore, name));
      }
      return start(script, "aof", bin).waitFor();
    }

    /** Starts a script whose programs are first looked for in a folder. */
    Process start(String script, String mode, Path bin) throws IOException {
      return start(script, List.of(mode), bin);
    }

    private Process start(String script, List<String> more, Path bin) throws IOException {
      List<String> words =
          new ArrayList<>(List.of("sh", "-c", text("common") + text(script), script));
      words.addAll(List.of(staging.toString(), data.toString()));
      words.addAll(more);
      words.addAll(List.of("1", Long.toString(++token), "command"));
      ProcessBuilder builder = new ProcessBuilder(words).inheritIO();
      builder.environment().put("PATH", bin + ":/usr/bin:/bin");
      return builder.start();
    }
  }

  private static void shim(Path file, String body) throws IOException {
    Files.writeString(file, "#!/bin/sh\n" + body);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void until(String what, Callable<Boolean> condition) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.call()) {
      assertThat(System.nanoTime()).as("not in time: " + what).isLessThan(end);
      Thread.sleep(10);
    }
  }

  private static String text(String name) throws IOException {
    try (InputStream in = VolumeScript.class.getResourceAsStream(name + ".sh")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8) + "\n";
    }
  }

  private static void assertPlaced(Volume volume) throws IOException {
    assertThat(volume.files())
        .containsEntry("appendonlydir/appendonly.aof.manifest", "new manifest")
        .containsEntry(".recovery/s/old/appendonlydir/appendonly.aof.manifest", "old manifest")
        .containsEntry(".recovery/s/old/appendonlydir/appendonly.aof.1.incr.aof", "old commands")
        .containsEntry(".recovery/s/old/dump.rdb", "old dump")
        .containsEntry(".recovery/s/old/.hidden", "old hidden")
        .containsEntry(".recovery/s/state", "placed\n")
        .doesNotContainKey("dump.rdb")
        .doesNotContainKey("appendonlydir/appendonly.aof.1.incr.aof");
  }

  @Test
  void aMoveThatWasKilledAnywhereIsGoneOnWith() throws Exception {
    int kills = 0;
    while (true) {
      Volume volume = new Volume();
      int status = volume.run("place", kills + 1);
      if (status == 0) {
        break;
      }
      assertThat(status).isEqualTo(KILLED);
      kills++;
      assertThat(volume.run("place", 0)).isZero();
      assertPlaced(volume);
    }
    assertThat(kills).isGreaterThan(15);
  }

  @Test
  void aMoveThatWasKilledAnywhereIsUndone() throws Exception {
    for (int kill = 1; ; kill++) {
      Volume volume = new Volume();
      Map<String, String> before = volume.files();
      int status = volume.run("place", kill);
      assertThat(volume.run("put-back", 0)).as("killed before command %d", kill).isZero();
      assertThat(volume.files()).as("killed before command %d", kill).isEqualTo(before);
      if (status == 0) {
        break;
      }
    }
  }

  @Test
  void anUndoThatWasKilledAnywhereIsGoneOnWith() throws Exception {
    for (int kill = 1; ; kill++) {
      Volume volume = new Volume();
      Map<String, String> before = volume.files();
      assertThat(volume.run("place", 0)).isZero();
      int status = volume.run("put-back", kill);
      assertThat(volume.run("put-back", 0)).as("killed before command %d", kill).isZero();
      assertThat(volume.files()).as("killed before command %d", kill).isEqualTo(before);
      if (status == 0) {
        break;
      }
    }
  }

  @Test
  void anEarlierOwnerIsBarredAndNewDataInTheWayIsNotOverwritten() throws Exception {
    Volume volume = new Volume();
    assertThat(volume.run("place", 0)).isZero();
    token = -1;
    assertThat(volume.run("put-back", 0)).isEqualTo(LATER_OWNER);
    assertPlaced(volume);
    token = 100;
    Files.writeString(volume.data.resolve("dump.rdb"), "written by somebody");
    assertThat(volume.run("put-back", 0)).isEqualTo(70);
    assertThat(volume.files()).containsEntry("dump.rdb", "written by somebody");
    assertThat(volume.files()).containsEntry(".recovery/s/old/dump.rdb", "old dump");
  }

  @Test
  void aPlaceThatStillRanWroteOverWhatWasPutBack() throws Exception {
    Volume volume = new Volume();
    volume.write(".recovery/s/staged/dump.rdb", "new dump");
    final Map<String, String> before = volume.files();
    Path gate = Files.createFile(folder.resolve("gate"));
    Path reached = folder.resolve("reached");
    Path slow = Files.createDirectories(folder.resolve("slow"));
    shim(
        slow.resolve("mv"),
        "case \"$*\" in *staged/dump.rdb*) >%s; while [ -e %s ]; do sleep 0.02; done;; esac\n"
                .formatted(reached, gate)
            + "exec /bin/mv \"$@\"\n");
    Process place = volume.start("place", "rdb", slow);
    until("the place is at its last move", () -> Files.exists(reached));
    Process putBack = volume.start("put-back", "rdb", folder);
    Path owner = volume.data.resolve(".recovery/owner");
    until(
        "the put-back has barred it",
        () -> Files.readString(owner).equals("1 %d command\n".formatted(token)));
    Files.delete(gate);
    assertThat(place.waitFor()).isEqualTo(LATER_OWNER);
    assertThat(putBack.waitFor()).isZero();
    assertThat(volume.files()).isEqualTo(before);
  }

  @Test
  void anOwnerFileThatAPowerCutToreBarredEverybody() throws Exception {
    for (String torn : List.of("", "\n", "17", "17 5", "17 5 ")) {
      Volume volume = new Volume();
      volume.write(".recovery/owner", torn);
      assertThat(volume.run("place", 0)).as("owner file '%s'", torn).isZero();
      assertPlaced(volume);
    }
  }

  @Test
  void anOwnerFileWasRenamedBeforeItWasOnTheDisk() throws Exception {
    Volume volume = new Volume();
    assertThat(volume.run("place", 0)).isZero();
    String written = volume.data.resolve(".recovery/owner.new").toString();
    assertThat(Files.readAllLines(folder.resolve("log")))
        .containsSubsequence(
            "sync " + written,
            "mv " + written + " " + volume.data.resolve(".recovery/owner"),
            "sync " + volume.data.resolve(".recovery"));
  }

  /** The kubelet gives a fresh volume the pod's group, and leaves root as its owner. */
  @Test
  void filesOnAFreshVolumeThatIsRootsAreNotGivenAway() throws Exception {
    Volume volume = new Volume();
    for (String old :
        List.of(
            "appendonlydir/appendonly.aof.manifest",
            "appendonlydir/appendonly.aof.1.incr.aof",
            "appendonlydir",
            "dump.rdb",
            ".hidden")) {
      Files.delete(volume.data.resolve(old));
    }
    Path bin = Files.createDirectories(folder.resolve("bin"));
    shim(bin.resolve("id"), "echo 999\n");
    shim(bin.resolve("chown"), "echo 'not permitted' >&2; exit 1\n");
    shim(bin.resolve("stat"), "case \"$3\" in *staged*) echo 999:7;; *) echo 0:7;; esac\n");
    assertThat(volume.start("place", "aof", bin).waitFor()).isZero();
    assertThat(volume.files())
        .containsEntry("appendonlydir/appendonly.aof.manifest", "new manifest");
  }

  @Test
  void anAppendOnlyFileWasCopiedUntilTheVolumeOfTheLivingRedisWasFull() throws Exception {
    Volume volume = new Volume();
    Map<String, String> before = volume.files();
    before.remove(".recovery/s/staged/appendonlydir/appendonly.aof.manifest");
    Path bin = Files.createDirectories(folder.resolve("little-room"));
    shim(bin.resolve("du"), "printf '1000\\tappendonlydir\\n'\n");
    shim(bin.resolve("df"), "echo 'disk 99999 1 %d 99%% /data'\n".formatted(4 * 1000 + 16383));
    assertThat(volume.start("copy-aof", List.of(), bin).waitFor()).isEqualTo(FULL);
    assertThat(volume.files()).isEqualTo(before);
  }
}
