package io.arbitex.recovery.console.alerts;

import io.arbitex.recovery.alerts.AlertMapping;
import io.arbitex.recovery.alerts.AlertSender;
import io.arbitex.recovery.alerts.ReceivedAlert;
import io.arbitex.recovery.alerts.UnreadableAlert;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.console.ConsoleSettings;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.runtime.ServiceConfiguration;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * What a message would become, by the code of the detector and the inventory of the pipeline.
 * Nothing is sent anywhere and Kafka is not asked.
 */
@Command(
    name = "test",
    description = {
      "Tells what each alert of a message would become; nothing is sent.",
      "Exit status 0 when all map to a component, 1 when some do not, 2 when FILE is no message."
    })
final class AlertTestCommand implements Callable<Integer> {
  @Mixin private ConsoleSettings settings;

  @Parameters(paramLabel = "FILE", description = "A message as the sender posts it.")
  private Path file;

  @Option(
      names = "--kind",
      paramLabel = "KIND",
      description = "alertmanager, azure-monitor or event-grid; else as the message looks.")
  private String kind;

  @Option(
      names = "--receiver",
      paramLabel = "NAME",
      description = "Name of the receiver that would hear it; else the kind.")
  private String receiver;

  @Override
  public Integer call() throws Exception {
    ServiceConfiguration<Boolean> configuration = settings.read();
    AlertSender sender;
    List<ReceivedAlert> alerts;
    try {
      byte[] message = Files.readAllBytes(file);
      sender = kind == null ? AlertSender.of(message) : named(kind);
      alerts = sender.read(message, Clock.systemUTC().instant());
    } catch (UnreadableAlert e) {
      System.err.println(file + ": " + e.getMessage());
      return 2;
    } catch (IOException e) {
      System.err.println(file + " cannot be read: " + e);
      return 2;
    }
    String name = receiver == null ? sender.kind() : receiver;
    boolean trusted = configuration.policy().alerts().trusted().contains(name);
    System.out.printf(
        "%s, heard by the receiver '%s', which is %s%n",
        sender.kind(), name, trusted ? "trusted by the policy" : "not trusted by the policy");
    boolean allMap = true;
    for (ReceivedAlert alert : alerts) {
      allMap &= print(configuration.inventory(), alert, name);
    }
    return allMap ? 0 : 1;
  }

  private static AlertSender named(String kind) throws UnreadableAlert {
    return Stream.of(AlertSender.values())
        .filter(each -> each.kind().equals(kind))
        .findFirst()
        .orElseThrow(
            () ->
                new UnreadableAlert(
                    "--kind is '"
                        + kind
                        + "', allowed: "
                        + Stream.of(AlertSender.values()).map(AlertSender::kind).toList()));
  }

  private static boolean print(Inventory inventory, ReceivedAlert alert, String receiver) {
    AlertMapping.Outcome outcome = AlertMapping.map(inventory, alert);
    if (outcome instanceof AlertMapping.Mapped mapped) {
      for (AlertMapping.Target target : mapped.targets()) {
        // The epoch is known to a running detector only, and nothing here depends on it.
        HealthEvent event = AlertMapping.event(alert, target, receiver, 0);
        System.out.printf(
            "%s/%s %s %s at %s%n  rule      %s%n  identity  %s%n  says      %s%n",
            event.getPlatform(),
            event.getComponent(),
            event.getStatus(),
            event.getSymptom(),
            event.getObservedAt(),
            event.getAlertRule(),
            event.getAlertId(),
            event.getDetail());
      }
      return true;
    }
    UnmappedLines.of(alert, ((AlertMapping.Unmapped) outcome).why()).forEach(System.out::println);
    return false;
  }
}
