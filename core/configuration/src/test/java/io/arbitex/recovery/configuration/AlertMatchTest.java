package io.arbitex.recovery.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.configuration.AlertMatch.Origin;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AlertMatchTest {
  private static final String SERVER =
      "/subscriptions/0/resourceGroups/Arbitex/providers/Microsoft.DBforPostgreSQL/flexibleServers/db";

  private static AlertMatch resource(String id) {
    return new AlertMatch(Optional.of(id), Map.of(), Optional.empty(), false, "UNREACHABLE");
  }

  private static Origin of(String id) {
    return new Origin(List.of(id), Map.of("job", "postgres"), "DatabaseDown");
  }

  /** Azure sends resource ids in lower case in some alerts. */
  @Test
  void theCaseOfAResourceIdDoesNotMatter() {
    assertThat(resource(SERVER).matches(of(SERVER.toLowerCase(java.util.Locale.ROOT)))).isTrue();
    assertThat(resource(SERVER + "/").matches(of(SERVER))).isTrue();
  }

  @Test
  void aPartOfTheResourceBelongsToItAndALongerNameDoesNot() {
    assertThat(resource(SERVER).matches(of(SERVER + "/databases/arbitex"))).isTrue();
    assertThat(resource(SERVER).matches(of(SERVER + "2"))).isFalse();
  }

  @Test
  void allThatIsGivenMustMatch() {
    AlertMatch both =
        new AlertMatch(
            Optional.empty(),
            Map.of("JOB", "Postgres"),
            Optional.of("databasedown"),
            false,
            "UNREACHABLE");
    assertThat(both.matches(of(SERVER))).isTrue();
    assertThat(both.matches(new Origin(List.of(), Map.of("job", "redis"), "DatabaseDown")))
        .isFalse();
    assertThat(both.matches(new Origin(List.of(), Map.of("job", "postgres"), "Other"))).isFalse();
  }
}
