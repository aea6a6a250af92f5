package io.arbitex.recovery.alerts;

import static io.arbitex.recovery.alerts.Messages.NOW;
import static io.arbitex.recovery.alerts.Messages.bytes;
import static io.arbitex.recovery.alerts.Messages.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AlertSenderTest {

  @Test
  void eachAlertOfAGroupSaysItselfWhetherItFires() throws UnreadableAlert {
    List<ReceivedAlert> alerts = AlertSender.ALERTMANAGER.read(bytes(Messages.ALERTMANAGER), NOW);
    assertThat(alerts).hasSize(2);
    assertThat(alerts.get(0))
        .isInstanceOfSatisfying(
            ReceivedAlert.Firing.class,
            firing -> {
              assertThat(firing.firedAt()).isEqualTo("2026-11-22T10:00:00.123456Z");
              assertThat(firing.origin().rule()).isEqualTo("PostgresDown");
              assertThat(firing.origin().resources()).containsExactly("db-1:9187");
              assertThat(firing.text()).isEqualTo("The database does not answer");
            });
    assertThat(alerts.get(1))
        .isInstanceOfSatisfying(
            ReceivedAlert.Resolved.class,
            resolved -> assertThat(resolved.resolvedAt()).isEqualTo("2026-11-22T09:58:00Z"));
  }

  @Test
  void theEndOfAnAlertHasTheIdentityOfItsBegin() throws UnreadableAlert {
    String end =
        Messages.ALERTMANAGER.replaceFirst(
            "\"status\": \"firing\",\n +\"labels\"", "\"status\": \"resolved\", \"labels\"");
    ReceivedAlert.Firing firing =
        (ReceivedAlert.Firing)
            AlertSender.ALERTMANAGER.read(bytes(Messages.ALERTMANAGER), NOW).get(0);
    assertThat(AlertSender.ALERTMANAGER.read(bytes(end), NOW).get(0))
        .isInstanceOfSatisfying(
            ReceivedAlert.Resolved.class,
            resolved -> {
              assertThat(resolved.identity()).isEqualTo(firing.identity());
              // The sender gave no end: it is over now, not in the year 1.
              assertThat(resolved.resolvedAt()).isEqualTo(NOW);
            });
    ReceivedAlert.Firing azure =
        (ReceivedAlert.Firing) only(AlertSender.AZURE_MONITOR, Messages.azureMonitor("Fired"));
    assertThat(only(AlertSender.AZURE_MONITOR, Messages.azureMonitor("Resolved")))
        .isInstanceOfSatisfying(
            ReceivedAlert.Resolved.class,
            resolved -> {
              assertThat(resolved.identity()).isEqualTo(azure.identity());
              assertThat(resolved.resolvedAt()).isEqualTo("2026-11-22T10:03:00.5Z");
            });
  }

  @Test
  void theSameAlertOnAnotherDayIsAnother() throws UnreadableAlert {
    String later = Messages.ALERTMANAGER.replace("10:00:00.123456789Z", "10:04:00Z");
    assertThat(identity(AlertSender.ALERTMANAGER, later))
        .isNotEqualTo(identity(AlertSender.ALERTMANAGER, Messages.ALERTMANAGER));
  }

  @Test
  void withoutAFingerprintTheLabelsInAnyOrderAreTheIdentity() throws UnreadableAlert {
    String one =
        "{\"alerts\":[{\"status\":\"firing\",\"labels\":{\"a\":\"1\",\"b\":\"2\"},\"startsAt\":\"2026-11-22T10:00:00Z\"}]}";
    String other = one.replace("\"a\":\"1\",\"b\":\"2\"", "\"b\":\"2\",\"a\":\"1\"");
    assertThat(identity(AlertSender.ALERTMANAGER, one))
        .isEqualTo(identity(AlertSender.ALERTMANAGER, other))
        .isNotEqualTo(
            identity(AlertSender.ALERTMANAGER, one.replace("\"a\":\"1\"", "\"a\":\"3\"")));
  }

  @Test
  void anAlertOfAzureMonitorIsTheSameThroughEventGridInBothSchemas() throws UnreadableAlert {
    String data = Messages.azureMonitor("Fired");
    String grid =
        "[{\"id\":\"1\",\"eventType\":\"Alert\",\"subject\":\"s\",\"eventTime\":\"2026-11-22T10:02:00Z\",\"dataVersion\":\"1\",\"data\":"
            + data
            + "}]";
    String cloud =
        "{\"specversion\":\"1.0\",\"id\":\"2\",\"source\":\"/s\",\"type\":\"Alert\",\"data\":"
            + data
            + "}";
    String direct = identity(AlertSender.AZURE_MONITOR, data);
    assertThat(identity(AlertSender.EVENT_GRID, grid)).isEqualTo(direct);
    assertThat(identity(AlertSender.EVENT_GRID, cloud)).isEqualTo(direct);
  }

  @Test
  void theHealthOfAResourceFiresAndResolvesUnderOneIdentity() throws UnreadableAlert {
    ReceivedAlert bad =
        only(AlertSender.EVENT_GRID, Messages.availability("Unavailable", "2026-11-22T10:00:00Z"));
    ReceivedAlert good =
        only(AlertSender.EVENT_GRID, Messages.availability("Available", "2026-11-22T10:04:00Z"));
    assertThat(bad).isInstanceOf(ReceivedAlert.Firing.class);
    assertThat(good)
        .isInstanceOfSatisfying(
            ReceivedAlert.Resolved.class,
            resolved -> {
              assertThat(resolved.identity()).isEqualTo(((ReceivedAlert.Firing) bad).identity());
              assertThat(resolved.resolvedAt()).isEqualTo("2026-11-22T10:04:00Z");
            });
    assertThat(
            only(AlertSender.EVENT_GRID, Messages.availability("Unknown", "2026-11-22T10:00:00Z")))
        .isInstanceOf(ReceivedAlert.Unclear.class);
  }

  @Test
  void anEventOfTheLifeOfAResourceIsNeverTakenForAnAlert() throws UnreadableAlert {
    String event =
        "{\"specversion\":\"1.0\",\"id\":\"2\",\"source\":\"/s\",\"type\":\"Microsoft.ContainerService.NodePoolRollingStarted\",\"subject\":\"np\"}";
    assertThat(only(AlertSender.EVENT_GRID, event)).isInstanceOf(ReceivedAlert.Unclear.class);
  }

  @Test
  void oneBadEventDoesNotCostTheOthersOfItsBatch() throws UnreadableAlert {
    String batch =
        "[{\"type\":\"x\"}, " + Messages.availability("Degraded", "2026-11-22T10:00:00Z") + "]";
    List<ReceivedAlert> alerts = AlertSender.EVENT_GRID.read(bytes(batch), NOW);
    assertThat(alerts.get(0))
        .isInstanceOfSatisfying(
            ReceivedAlert.Unclear.class,
            unclear -> assertThat(unclear.why()).contains("specversion"));
    assertThat(alerts.get(1)).isInstanceOf(ReceivedAlert.Firing.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"suppressed", ""})
  void aStateThatNobodyKnowsIsUnclear(String state) throws UnreadableAlert {
    assertThat(only(AlertSender.AZURE_MONITOR, Messages.azureMonitor(state)))
        .isInstanceOf(ReceivedAlert.Unclear.class);
  }

  @Test
  void anAlertFromTheFutureWouldNeverBeTooOldAndIsUnclear() throws UnreadableAlert {
    Instant before = Instant.parse("2026-11-22T09:00:00Z");
    assertThat(AlertSender.ALERTMANAGER.read(bytes(Messages.ALERTMANAGER), before))
        .allSatisfy(alert -> assertThat(alert).isInstanceOf(ReceivedAlert.Unclear.class));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "nonsense with a secret hunter2",
        "{} {}",
        "[]",
        "3",
        "null",
        "{\"version\":\"5\",\"alerts\":[]}",
        "{\"specversion\":\"0.3\",\"id\":\"1\",\"source\":\"s\",\"type\":\"t\"}",
        "{\"specversion\":\"1.0\",\"id\":\"1\",\"type\":\"t\"}"
      })
  void whatIsNoMessageIsRefusedInOneLineThatQuotesNothing(String body) {
    for (AlertSender sender : AlertSender.values()) {
      if (sender == AlertSender.EVENT_GRID && body.equals("[]")) {
        continue; // An empty batch is a batch.
      }
      assertThatThrownBy(() -> sender.read(bytes(body), NOW))
          .isInstanceOf(UnreadableAlert.class)
          .hasMessageNotContainingAny("hunter2", "\n");
    }
  }

  @Test
  void aBodyThatNestsWithoutEndIsRefused() {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);
    assertThatThrownBy(() -> AlertSender.EVENT_GRID.read(bytes(deep), NOW))
        .isInstanceOf(UnreadableAlert.class);
  }

  @Test
  void theSenderIsKnownByItsMessage() throws UnreadableAlert {
    assertThat(AlertSender.of(bytes(Messages.ALERTMANAGER))).isEqualTo(AlertSender.ALERTMANAGER);
    assertThat(AlertSender.of(bytes(Messages.azureMonitor("Fired"))))
        .isEqualTo(AlertSender.AZURE_MONITOR);
    String event = Messages.availability("Available", "2026-11-22T10:00:00Z");
    assertThat(AlertSender.of(bytes(event))).isEqualTo(AlertSender.EVENT_GRID);
    assertThat(AlertSender.of(bytes("[" + event + "]"))).isEqualTo(AlertSender.EVENT_GRID);
    assertThatThrownBy(() -> AlertSender.of(bytes("{\"a\":1}")))
        .isInstanceOf(UnreadableAlert.class);
  }

  private static String identity(AlertSender sender, String message) throws UnreadableAlert {
    return ((ReceivedAlert.Firing) sender.read(bytes(message), NOW).get(0)).identity();
  }
}
