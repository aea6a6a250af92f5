package io.arbitex.recovery.console;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.record.Approval;
import io.arbitex.recovery.record.ApprovalKind;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.Publisher;
import io.arbitex.recovery.runtime.SchemaTopic;
import io.arbitex.recovery.runtime.ServiceConfiguration;
import io.arbitex.recovery.schemas.Times;
import io.arbitex.recovery.schemas.Topic;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What a person decides; each becomes a record with a name and a reason. */
final class DecreeCommands {
  private DecreeCommands() {}

  private abstract static class Decree implements Callable<Integer> {
    @Mixin private ConsoleSettings settings;

    @Option(
        names = "--platform",
        paramLabel = "NAME",
        description = "The platform; may be left out where the inventory has one only.")
    private String platform;

    @Option(
        names = "--reason",
        required = true,
        description = "Why; it stands in the incident for ever.")
    private String reason;

    @Option(
        names = "--by",
        defaultValue = "${sys:user.name}",
        description = "Who says so (default: ${DEFAULT-VALUE}).")
    private String person;

    abstract ApprovalKind kind();

    String incident() {
      return "";
    }

    String plan() {
      return "";
    }

    @Override
    public Integer call() throws Exception {
      ServiceConfiguration<Boolean> configuration = settings.read();
      String name = platform(configuration.inventory());
      if (name == null) {
        return 2;
      }
      KafkaClients clients = settings.clients(configuration);
      Clock clock = Clock.systemUTC();
      Approval approval =
          Approval.newBuilder()
              .setId(UUID.randomUUID().toString())
              .setPlatform(name)
              .setIncidentId(incident())
              .setKind(kind())
              .setPerson(person)
              .setReason(reason)
              .setPlanHash(plan())
              .setAt(Times.now(clock))
              .build();
      try (Publisher publisher =
          new Publisher(clients, new SchemaTopic(clients).framing(), "approvals")) {
        publisher.publish(Topic.APPROVALS, name, approval).get(15, TimeUnit.SECONDS);
      }
      System.out.println(
          kind() + " is said for " + name + ". `dr incident` shows what came of it.");
      return 0;
    }

    private String platform(Inventory inventory) {
      if (platform == null && inventory.platforms().size() == 1) {
        return inventory.platforms().get(0).name();
      }
      if (platform == null || inventory.platform(platform).isEmpty()) {
        System.err.println(
            "which platform? --platform takes one of "
                + inventory.platforms().stream().map(Inventory.Platform::name).toList());
        return null;
      }
      return platform;
    }
  }

  private abstract static class IncidentDecree extends Decree {
    @Parameters(paramLabel = "INCIDENT", description = "The incident's id, see `dr status`.")
    private String incident;

    @Override
    String incident() {
      return incident;
    }
  }

  @Command(
      name = "hold",
      description = "Holds a platform: nothing new is begun until `dr release`.")
  static final class Hold extends Decree {
    @Override
    ApprovalKind kind() {
      return ApprovalKind.HOLD;
    }
  }

  @Command(name = "release", description = "Lifts a hold, or lets a wedged platform go on.")
  static final class Release extends Decree {
    @Override
    ApprovalKind kind() {
      return ApprovalKind.RELEASE;
    }
  }

  @Command(name = "approve", description = "Approves the plan that was shown.")
  static final class Approve extends IncidentDecree {
    @Option(names = "--plan", required = true, description = "The hash of the plan that was shown.")
    private String plan;

    @Override
    ApprovalKind kind() {
      return ApprovalKind.APPROVE;
    }

    @Override
    String plan() {
      return plan;
    }
  }

  @Command(name = "reject", description = "Rejects the plan; a person recovers by hand.")
  static final class Reject extends IncidentDecree {
    @Override
    ApprovalKind kind() {
      return ApprovalKind.REJECT;
    }
  }

  @Command(
      name = "retry",
      description = "Goes on with an escalated or blocked incident, cooldown and loss accepted.")
  static final class Retry extends IncidentDecree {
    @Override
    ApprovalKind kind() {
      return ApprovalKind.RETRY;
    }
  }

  @Command(name = "ack", description = "Says that somebody looks at the incident.")
  static final class Acknowledge extends IncidentDecree {
    @Override
    ApprovalKind kind() {
      return ApprovalKind.ACKNOWLEDGE;
    }
  }
}
