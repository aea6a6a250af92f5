package io.arbitex.recovery.alerts;

import static io.arbitex.recovery.alerts.Messages.NOW;
import static io.arbitex.recovery.alerts.Messages.bytes;
import static io.arbitex.recovery.alerts.Messages.only;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.record.HealthEvent;
import io.arbitex.recovery.record.HealthSource;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class AlertMappingTest {

  @Test
  void aFiringAlertSaysWhatTheInventoryMakesOfIt() throws Exception {
    HealthEvent event = event(AlertSender.AZURE_MONITOR, Messages.azureMonitor("Fired"));
    assertThat(event.getSource()).isEqualTo(HealthSource.ALERT);
    assertThat(event.getPlatform()).isEqualTo("lab");
    assertThat(event.getComponent()).isEqualTo("postgresql");
    assertThat(event.getObserver()).isEqualTo("receiver-1");
    assertThat(event.getStatus()).isEqualTo(HealthStatus.DOWN);
    assertThat(event.getSymptom()).isEqualTo(Symptom.UNREACHABLE);
    assertThat(event.getObservedAt()).isEqualTo("2026-11-22T10:01:02.371321Z");
    assertThat(event.getBadSince()).isEqualTo(event.getObservedAt());
    assertThat(event.getBindingEpoch()).isEqualTo(7);
    assertThat(event.getConsecutive()).isEqualTo(1);
    assertThat(event.getAlertRule()).isEqualTo("is_db_alive");
    assertThat(event.getId()).isEqualTo(event.getAlertId() + "/firing/2026-11-22T10:01:02.371321Z");
  }

  /** Azure sends resource ids in lower case, whatever they were created as (facts, "Azure"). */
  @Test
  void resourceIdsMatchInAnyCase() throws Exception {
    assertThat(event(AlertSender.AZURE_MONITOR, Messages.azureMonitor("Fired")).getResource())
        .isEqualTo(
            "/subscriptions/s1/resourcegroups/rg/providers/microsoft.dbforpostgresql/flexibleservers/arbitex-db");
    String shouted =
        Messages.azureMonitor("Fired")
            .replace("/subscriptions/s1/resourcegroups", "/SUBSCRIPTIONS/S1/RESOURCEGROUPS");
    assertThat(event(AlertSender.AZURE_MONITOR, shouted).getComponent()).isEqualTo("postgresql");
  }

  /** Robusta, issue 345: a resolved alert restarted the pod that was healthy again. */
  @Test
  void aResolvedAlertSaysUpWhateverTheInventoryMakesOfItWhileItFires() throws Exception {
    HealthEvent event = event(AlertSender.AZURE_MONITOR, Messages.azureMonitor("Resolved"));
    assertThat(event.getStatus()).isEqualTo(HealthStatus.UP);
    assertThat(event.getSymptom()).isEqualTo(Symptom.NONE);
    assertThat(event.getBadSince()).isNull();
    assertThat(event.getObservedAt()).isEqualTo("2026-11-22T10:03:00.5Z");
    assertThat(event.getId()).contains("/resolved/");
  }

  /** Alertmanager, issue 4108: redundant senders send the same alert each. */
  @Test
  void theSameAlertOfTwoReceiversHasOneIdentity() throws Exception {
    ReceivedAlert alert = AlertSender.ALERTMANAGER.read(bytes(Messages.ALERTMANAGER), NOW).get(0);
    AlertMapping.Target target = targets(alert).get(0);
    HealthEvent one = AlertMapping.event(alert, target, "alertmanager-a", 0);
    HealthEvent other = AlertMapping.event(alert, target, "alertmanager-b", 0);
    assertThat(one.getAlertId()).isEqualTo(other.getAlertId());
    assertThat(one.getId()).isEqualTo(other.getId());
    assertThat(one.getObserver()).isNotEqualTo(other.getObserver());
  }

  @Test
  void whatTheInventoryDoesNotNameIsNeverGuessed() throws Exception {
    String elsewhere = Messages.ALERTMANAGER.replace("\"cluster\": \"lab\"", "\"cluster\": \"x\"");
    assertThat(AlertSender.ALERTMANAGER.read(bytes(elsewhere), NOW))
        .allSatisfy(
            alert ->
                assertThat(AlertMapping.map(Messages.inventory(), alert))
                    .isEqualTo(new AlertMapping.Unmapped("maps to no component")));
    String neighbour = Messages.azureMonitor("Fired").replace("arbitex-db\"]", "arbitex-db-2\"]");
    assertThat(AlertMapping.map(Messages.inventory(), only(AlertSender.AZURE_MONITOR, neighbour)))
        .isInstanceOf(AlertMapping.Unmapped.class);
  }

  @Test
  void degradedAndSymptomComeFromTheEntryThatMatches() throws Exception {
    ReceivedAlert alert =
        AlertSender.ALERTMANAGER
            .read(bytes(Messages.ALERTMANAGER.replace("PostgresDown", "PostgresDiskFull")), NOW)
            .get(0);
    HealthEvent event = AlertMapping.event(alert, targets(alert).get(0), "r", 0);
    assertThat(event.getStatus()).isEqualTo(HealthStatus.DEGRADED);
    assertThat(event.getSymptom()).isEqualTo(Symptom.DISK_FULL);
  }

  /** The inventory names them as it names a store. */
  @Test
  void anAlertMayBeAboutTheClusterOrThePublicHealth() throws Exception {
    Inventory inventory =
        Inventory.parse(
            "platform.yaml",
            Path.of("/"),
            """
            platforms:
              - name: lab
                observers: [a]
                endpoints: {health: ["http://127.0.0.1:1"], adminToken: env:A, auditKey: env:A}
                kubernetes: {kubeconfig: "file:kubeconfig", namespace: arbitex}
                azure: {subscription: s, tenant: t, resourceGroup: g}
                components:
                  - name: public-health
                    kind: endpoint
                    alerts: [{labels: {alertname: PostgresDown}}]
                  - name: cluster
                    kind: aks
                    alerts: [{labels: {cluster: lab}, status: degraded}]
                    cluster:
                      name: arbitex-aks
                      resourceGroup: g
                      nodes: 3
                      like: {location: westeurope, vmSize: Standard_D4s_v5}
            """);
    ReceivedAlert alert = AlertSender.ALERTMANAGER.read(bytes(Messages.ALERTMANAGER), NOW).get(0);
    List<AlertMapping.Target> targets =
        ((AlertMapping.Mapped) AlertMapping.map(inventory, alert)).targets();
    assertThat(targets)
        .extracting(target -> AlertMapping.event(alert, target, "r", 0))
        .extracting(HealthEvent::getComponent, HealthEvent::getStatus, HealthEvent::getSymptom)
        .containsExactly(
            tuple("public-health", HealthStatus.DOWN, Symptom.UNREACHABLE),
            tuple("cluster", HealthStatus.DEGRADED, Symptom.UNCLASSIFIED));
  }

  @Test
  void anUnmappedAlertIsKeptWithoutWhatLooksLikeASecret() throws IOException, UnreadableAlert {
    String message =
        "{\"alerts\":[{\"status\":\"firing\",\"startsAt\":\"2026-11-22T10:00:00Z\",\"labels\":{\"alertname\":\"X\",\"password\":\"hunter2\"},\"annotations\":{\"description\":\"cannot reach postgres://app:hunter2@db/x?sslmode=on with password='hunter2' or Bearer hunter2\"}}]}";
    UnmappedAlert kept = UnmappedAlert.of(only(AlertSender.ALERTMANAGER, message));
    assertThat(kept.toString()).doesNotContain("hunter2");
    assertThat(kept.text()).startsWith("cannot reach postgres://...@db/x");
    assertThat(kept.labels()).containsEntry("alertname", "X").containsKey("password");
    assertThat(UnmappedAlert.read(kept.bytes())).isEqualTo(kept);
  }

  @Test
  void aTextIsOneLineOfAtMost500Characters() {
    assertThat(AlertText.clean("a\nb".repeat(400))).hasSize(500).doesNotContain("\n");
  }

  private static List<AlertMapping.Target> targets(ReceivedAlert alert) throws Exception {
    return ((AlertMapping.Mapped) AlertMapping.map(Messages.inventory(), alert)).targets();
  }

  private static HealthEvent event(AlertSender sender, String message) throws Exception {
    ReceivedAlert alert = only(sender, message);
    return AlertMapping.event(alert, targets(alert).get(0), "receiver-1", 7);
  }
}
