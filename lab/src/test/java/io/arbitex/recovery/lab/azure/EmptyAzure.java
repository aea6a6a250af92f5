package io.arbitex.recovery.lab.azure;

import io.arbitex.recovery.lab.azure.servers.Settings;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Set;

/** The lab's Azure in this process, over HTTP, without any PostgreSQL. */
final class EmptyAzure implements AutoCloseable {
  static final String GROUP = "rg-prod";

  private final Path folder;
  private final Cloud cloud;
  private final ControlServer control;

  EmptyAzure(Inventory inventory) throws Exception {
    folder = TestAzure.folder();
    Settings settings =
        new Settings(
            AzureClients.SUBSCRIPTION,
            Set.of(GROUP, "rg-dr"),
            folder,
            Path.of("no-postgresql"),
            "15",
            TestAzure.freePort(),
            5,
            Duration.ofSeconds(1));
    cloud = new Cloud(0, false, 1, Duration.ofHours(1), settings, inventory, Clock.systemUTC());
    control = new ControlServer(0, cloud, () -> {});
    cloud.start();
    control.start();
  }

  /** Of its state. */
  Path folder() {
    return folder;
  }

  URI address() {
    return cloud.address();
  }

  URI controlAddress() {
    return URI.create("http://127.0.0.1:" + control.port());
  }

  AzureControl control() {
    return new AzureControl(controlAddress());
  }

  @Override
  public void close() throws IOException {
    control.close();
    cloud.close();
    TestAzure.delete(folder);
  }
}
