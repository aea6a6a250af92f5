package io.arbitex.recovery.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PolicyTest {
  private static final Path FOLDER = Path.of("/etc/recovery");

  @Test
  void leftOutFieldsHaveTheRunbooksValues() throws InvalidConfiguration {
    Policy policy = Policy.parse("runbook.yaml", FOLDER, "version: 1\n");
    assertThat(policy.targets("P0").rto()).isEqualTo(Duration.ofHours(1));
    assertThat(policy.targets("P1").rpo()).isEqualTo(Duration.ofHours(2));
    assertThat(policy.targets("P2").phaseFactor()).isEqualTo(2);
    assertThat(policy.phases().restore()).isEqualTo(Duration.ofMinutes(60));
    assertThat(policy.detection().restoreAfter()).isEqualTo(Duration.ofMinutes(3));
    assertThat(policy.detection().quorumOf(3)).isEqualTo(2);
    assertThat(policy.detection().quorumOf(2)).isEqualTo(2);
    assertThat(policy.guards().approvalFor()).containsExactly("P0");
    assertThat(policy.storeOrder()).containsExactly("postgresql", "pvc", "redis", "aks");
  }

  @Test
  void oneOfAFleetMayAlwaysRecoverAndNeverMoreThanItsShareOrTheLimit() {
    Policy.Fleet fleet = new Policy.Fleet(0.29, 40);
    assertThat(fleet.most(0)).isEqualTo(1);
    assertThat(fleet.most(1)).isEqualTo(1);
    assertThat(fleet.most(6)).isEqualTo(1);
    assertThat(fleet.most(7)).isEqualTo(2);
    assertThat(fleet.most(100)).isEqualTo(29);
    assertThat(fleet.most(10_000)).isEqualTo(40);
  }

  @Test
  void allMistakesAreToldAtOnceEachWithItsLine() {
    InvalidConfiguration e =
        catchThrowableOfType(
            InvalidConfiguration.class,
            () ->
                Policy.parse(
                    "runbook.yaml",
                    FOLDER,
                    """
                    version: 1
                    mode: sometimes
                    detection:
                      confirmations: 0
                      restoreAfter: soon
                      quorom: 2
                    channels:
                      - name: slack
                        kind: slack
                        url: https://hooks.example/secret
                    severities:
                      P1:
                        escalation: [pager]
                    """));
    assertThat(e.problems().stream().map(Problem::toString))
        .containsExactly(
            "runbook.yaml:2: mode: 'sometimes' is none of [act, dry-run, observe]",
            "runbook.yaml:4: detection.confirmations: is 0, allowed: a whole number from 1 to 100",
            "runbook.yaml:5: detection.restoreAfter: is 'soon', allowed: a time such as 500ms, 5s,"
                + " 3m, 2h, 7d",
            "runbook.yaml:6: detection.quorom: is not known here; known: [confirmations,"
                + " correlationWindow, observerTimeout, quorum, recoveries, restoreAfter]",
            "runbook.yaml:10: channels[0].url: is no reference to a secret, allowed: file:PATH,"
                + " env:NAME (never the secret itself)",
            "runbook.yaml:13: severities.P1.escalation: 'pager' is none of the channels [slack]");
  }

  @Test
  void aTextThatIsNoYamlNamesTheLine() {
    InvalidConfiguration e =
        catchThrowableOfType(
            InvalidConfiguration.class,
            () -> Policy.parse("runbook.yaml", FOLDER, "version: 1\nmode: [act\n"));
    assertThat(e.problems().get(0).line()).isGreaterThanOrEqualTo(2);
    assertThat(e.problems().get(0).message()).startsWith("is not YAML");
  }
}
