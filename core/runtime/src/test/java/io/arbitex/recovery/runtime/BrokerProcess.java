package io.arbitex.recovery.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A real broker as a process of its own, which can be killed and started again. */
public final class BrokerProcess implements AutoCloseable {
  private final Path folder;
  private final int port;
  private final int controller;
  private Process process;

  private BrokerProcess(Path folder, int port, int controller) {
    this.folder = folder;
    this.port = port;
    this.controller = controller;
  }

  /** Starts it, and returns when it takes requests and has the topics of the catalogue. */
  public static BrokerProcess start(Path folder) throws Exception {
    Files.createDirectories(folder);
    BrokerProcess broker =
        new BrokerProcess(folder, BrokerFixture.freePort(), BrokerFixture.freePort());
    broker.again();
    TopicSetup.ensure(broker.clients("setup"));
    return broker;
  }

  /** Starts it on what it wrote before; it takes requests some seconds later. */
  public void again() throws IOException {
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                BrokerProcess.class.getName(),
                folder.toString(),
                Integer.toString(port),
                Integer.toString(controller))
            .redirectErrorStream(true)
            .redirectOutput(
                ProcessBuilder.Redirect.appendTo(
                    folder.resolveSibling(folder.getFileName() + ".log").toFile()))
            .start();
  }

  /** Kill -9; returns when it is gone. */
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      throw new IllegalStateException("the broker " + process.pid() + " outlived its kill");
    }
  }

  public KafkaClients clients(String service) {
    return new KafkaClients(
        new KafkaSettings("127.0.0.1:" + port, BrokerFixture.PARTITIONS, 1, Map.of()), service);
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }

  /**
   * The process.
   *
   * @param args folder, port, port of the controller
   */
  public static void main(String[] args) throws Exception {
    BrokerFixture.run(Path.of(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]))
        .awaitShutdown();
  }
}
