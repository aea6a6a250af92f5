package io.arbitex.recovery.executors;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.configuration.Problem;
import io.arbitex.recovery.runtime.ServiceCommand;
import io.arbitex.recovery.runtime.ServiceConfiguration;
import io.arbitex.recovery.schemas.Worker;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code executors --config FILE [--only postgresql,redis,pvc,aks,cutover,notify]}. */
@Command(
    name = "executors",
    description = "Carries out the steps of recovery plans.",
    sortOptions = false)
public final class ExecutorsMain extends ServiceCommand {
  @Option(
      names = "--only",
      split = ",",
      paramLabel = "WORKER",
      description = "Workers to start, joined by commas; all when left out.")
  private List<String> only = new ArrayList<>();

  public static void main(String... args) {
    main(new ExecutorsMain(), args);
  }

  @Override
  protected Running start(Path config) throws Exception {
    List<Problem> problems = new ArrayList<>();
    Set<Worker> workers = workers(problems);
    ServiceConfiguration<Void> configuration = null;
    try {
      configuration =
          ServiceConfiguration.read(
              config,
              section -> {
                section.close();
                return null;
              });
    } catch (InvalidConfiguration e) {
      problems.addAll(e.problems());
    }
    if (!problems.isEmpty()) {
      throw new InvalidConfiguration(problems);
    }
    return Executors.start(configuration, workers, Clock.systemUTC());
  }

  private Set<Worker> workers(List<Problem> problems) {
    if (only.isEmpty()) {
      return EnumSet.copyOf(Procedures.WORKERS);
    }
    Set<Worker> workers = EnumSet.noneOf(Worker.class);
    for (String name : only) {
      Procedures.WORKERS.stream()
          .filter(worker -> worker.id().equals(name))
          .findFirst()
          .ifPresentOrElse(
              workers::add,
              () ->
                  problems.add(
                      new Problem(
                          "command line",
                          0,
                          "--only",
                          "'"
                              + name
                              + "' is none of "
                              + Procedures.WORKERS.stream().map(Worker::id).sorted().toList())));
    }
    return workers;
  }
}
