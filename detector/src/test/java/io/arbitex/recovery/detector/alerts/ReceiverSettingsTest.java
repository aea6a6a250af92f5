package io.arbitex.recovery.detector.alerts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ReceiverSettingsTest {

  @Test
  void withoutReceiversNothingIsListenedOn() throws InvalidConfiguration {
    ReceiverSettings none = Examples.settings(Path.of("/etc"), "receivers: {}");
    assertThat(none.any()).isFalse();
    assertThat(none.bind()).isEqualTo("127.0.0.1");
  }

  @Test
  void whatIsNotSaidHasItsDefault() throws InvalidConfiguration {
    ReceiverSettings settings =
        Examples.settings(
            Path.of("/etc"),
            """
            receivers:
              from:
                - {name: grid, kind: event-grid, token: file:secrets/grid}
              pull:
                - {name: space, endpoint: "https://x.example", topic: t, subscription: s, key: env:K}
            """);
    assertThat(settings.from().get(0).allowedOrigins()).containsExactly("eventgrid.azure.net");
    assertThat(settings.from().get(0).token().file()).isEqualTo(Path.of("/etc/secrets/grid"));
    assertThat(settings.pull().get(0).every()).isEqualTo(Duration.ofSeconds(1));
    assertThat(settings.maxBytes()).isEqualTo(262_144);
  }

  @Test
  void allMistakesAreToldAtOnceWithTheirLines() {
    InvalidConfiguration wrong =
        catchThrowableOfType(
            InvalidConfiguration.class,
            () ->
                Examples.settings(
                    Path.of("/etc"),
                    """
                    receivers:
                      port: 70000
                      maxBytes: 10
                      from:
                        - {name: a, kind: pagerduty, token: file:t}
                        - {name: a, kind: alertmanager, token: the-secret-itself}
                        - {name: b, kind: alertmanager, token: file:t, allowedOrigins: [x]}
                        - {name: c}
                      pull:
                        - {name: d, endpoint: "http://x.example", topic: t, subscription: s, key: env:K}
                        - {name: e, endpoint: nonsense, topic: t, subscription: s, key: env:K, every: 0}
                      unknown: 1
                    """));
    assertThat(wrong.problems())
        .extracting(Object::toString)
        .anyMatch(each -> each.startsWith("detector.yaml:2: receivers.port:"))
        .anyMatch(each -> each.startsWith("detector.yaml:3: receivers.maxBytes:"))
        .anyMatch(each -> each.startsWith("detector.yaml:5: receivers.from[0].kind:"))
        .anyMatch(each -> each.startsWith("detector.yaml:6: receivers.from[1].name:"))
        .anyMatch(each -> each.startsWith("detector.yaml:6: receivers.from[1].token:"))
        .anyMatch(each -> each.startsWith("detector.yaml:7: receivers.from[2].allowedOrigins:"))
        .anyMatch(each -> each.startsWith("detector.yaml:8: receivers.from[3].kind:"))
        .anyMatch(each -> each.startsWith("detector.yaml:8: receivers.from[3].token:"))
        .anyMatch(each -> each.startsWith("detector.yaml:10: receivers.pull[0].endpoint:"))
        .anyMatch(each -> each.startsWith("detector.yaml:11: receivers.pull[1].endpoint:"))
        .anyMatch(each -> each.startsWith("detector.yaml:11: receivers.pull[1].every:"))
        .anyMatch(each -> each.startsWith("detector.yaml:12: receivers.unknown:"))
        .hasSize(12);
    assertThat(wrong.getMessage()).doesNotContain("the-secret-itself");
  }
}
