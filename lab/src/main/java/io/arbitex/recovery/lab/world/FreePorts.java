package io.arbitex.recovery.lab.world;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Loopback ports that nobody listened on when they were taken, and that no other lab takes while
 * this process lives: labs that start side by side would else draw ports that the other one has not
 * bound yet. They lie below those that Linux gives to connections by itself.
 */
final class FreePorts {
  private static final int FIRST = 12_000;
  private static final int BLOCK = 100;
  private static final int BLOCKS = 200;

  /** Open for as long as this process lives; the end of the process lets go of their locks. */
  private static final Map<Integer, FileChannel> HELD = new HashMap<>();

  private final Deque<Integer> ports;

  /**
   * Takes that many at once, so that no two are the same.
   *
   * @param count 1 to 100
   */
  FreePorts(int count) throws IOException {
    this.ports = take(count);
  }

  private static synchronized Deque<Integer> take(int count) throws IOException {
    Path locks =
        Files.createDirectories(
            Path.of(
                System.getProperty("java.io.tmpdir"),
                "arbitex-lab-ports-" + System.getProperty("user.name")));
    List<Integer> blocks =
        IntStream.range(0, BLOCKS).boxed().collect(Collectors.toCollection(ArrayList::new));
    Collections.shuffle(blocks);
    // To close a file that this process has locked elsewhere would let go of that lock.
    blocks.removeAll(HELD.keySet());
    for (int block : blocks) {
      FileChannel channel =
          FileChannel.open(
              locks.resolve(Integer.toString(block)),
              StandardOpenOption.CREATE,
              StandardOpenOption.WRITE);
      if (channel.tryLock() != null) {
        Deque<Integer> free = free(FIRST + block * BLOCK);
        if (free.size() >= count) {
          HELD.put(block, channel);
          return free;
        }
      }
      channel.close();
    }
    throw new IOException(
        "no " + count + " ports are free between " + FIRST + " and " + (FIRST + BLOCKS * BLOCK));
  }

  private static Deque<Integer> free(int first) {
    return IntStream.range(first, first + BLOCK)
        .filter(FreePorts::isFree)
        .boxed()
        .collect(Collectors.toCollection(ArrayDeque::new));
  }

  private static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.isBound();
    } catch (IOException e) {
      // Somebody listens there.
      return false;
    }
  }

  int next() {
    return ports.remove();
  }
}
