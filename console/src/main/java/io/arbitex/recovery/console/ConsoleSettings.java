package io.arbitex.recovery.console;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.ServiceConfiguration;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** Which pipeline a command speaks to. */
public final class ConsoleSettings {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      defaultValue = "${env:DR_CONFIG}",
      description = "The console's configuration; else the environment's DR_CONFIG.")
  private Path config;

  /**
   * Reads the console's configuration.
   *
   * @throws InvalidConfiguration with every mistake
   * @throws MissingConfiguration when nothing names one
   */
  public ServiceConfiguration<Boolean> read() throws InvalidConfiguration {
    if (config == null) {
      throw new MissingConfiguration();
    }
    return ServiceConfiguration.read(config, section -> true);
  }

  public KafkaClients clients(ServiceConfiguration<Boolean> configuration) {
    return new KafkaClients(configuration.kafka(), configuration.name());
  }

  /** Nothing says which pipeline is meant. */
  static final class MissingConfiguration extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MissingConfiguration() {
      super("which pipeline? Give --config FILE or set DR_CONFIG (the lab sets it by `dr lab up`)");
    }
  }
}
