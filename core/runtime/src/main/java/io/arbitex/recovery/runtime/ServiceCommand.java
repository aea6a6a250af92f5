package io.arbitex.recovery.runtime;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.configuration.Problem;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/**
 * The command line of a service process: {@code --config FILE}, exit status 0 after an orderly end,
 * 2 for a wrong configuration (every mistake on a line of its own), 1 for anything else.
 */
public abstract class ServiceCommand implements Callable<Integer> {
  private static final Logger log = LoggerFactory.getLogger(ServiceCommand.class);

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The service's configuration.")
  private Path config;

  /** The running service. */
  public interface Running extends AutoCloseable {
    /** Blocks until the service ends by itself; a failure that it cannot live with is thrown. */
    void await() throws Exception;

    @Override
    void close();
  }

  /**
   * Starts the service.
   *
   * @throws InvalidConfiguration when the configuration is wrong; nothing was started
   */
  protected abstract Running start(Path config) throws Exception;

  @Override
  public Integer call() throws Exception {
    Running running;
    try {
      running = start(config);
    } catch (InvalidConfiguration e) {
      for (Problem problem : e.problems()) {
        System.err.println(problem);
      }
      return 2;
    } catch (TopicSetup.WrongTopics e) {
      System.err.println(e.getMessage());
      return 2;
    }
    CountDownLatch closed = new CountDownLatch(1);
    Thread hook =
        new Thread(
            () -> {
              running.close();
              try {
                if (!closed.await(10, TimeUnit.SECONDS)) {
                  log.warn("the service did not end within 10 s");
                }
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            },
            "shutdown");
    Runtime.getRuntime().addShutdownHook(hook);
    try {
      running.await();
      return 0;
    } finally {
      closed.countDown();
    }
  }

  /** Runs a service's command line and ends the process with its status. */
  public static void main(ServiceCommand command, String... args) {
    int status =
        new CommandLine(command)
            .addMixin("help", new HelpOption())
            .setExecutionExceptionHandler(
                (e, line, parsed) -> {
                  log.error("the service cannot go on", e);
                  return 1;
                })
            .execute(args);
    if (status != 0) {
      Runtime.getRuntime().halt(status);
    }
  }
}
