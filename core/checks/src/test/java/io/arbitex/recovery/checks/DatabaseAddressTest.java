package io.arbitex.recovery.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DatabaseAddressTest {

  @Test
  void whatIsWrittenIsReadBack() {
    DatabaseAddress address =
        new DatabaseAddress(
            "db.example",
            5433,
            "arb/itex",
            "ad min",
            "p@ss:w/ö+rd?&=%",
            "require",
            Map.of("application_name", "plat form", "target_session_attrs", "read-write"));
    assertThat(DatabaseAddress.parse(address.url())).isEqualTo(address);
  }

  @Test
  void aUrlOfTheRunbookIsRead() {
    DatabaseAddress address =
        DatabaseAddress.parse(
            "postgresql://arbitex_admin:secret@arbitex-db.postgres.database.azure.com:5432/arbitex"
                + "?sslmode=require\n");
    assertThat(address.host()).isEqualTo("arbitex-db.postgres.database.azure.com");
    assertThat(address.user()).isEqualTo("arbitex_admin");
    assertThat(address.password()).isEqualTo("secret");
    assertThat(address.sslMode()).isEqualTo("require");
    assertThat(DatabaseAddress.parse("postgres://a:b@[::1]/x").host()).isEqualTo("::1");
    assertThat(DatabaseAddress.parse("postgres://a:b@[::1]/x").port()).isEqualTo(5432);
  }

  @Test
  void thePasswordIsNotShown() {
    DatabaseAddress address =
        new DatabaseAddress(
            "h", 1, "d", "u", "topsecret", "disable", Map.of("password", "topsecret"));
    assertThat(address.toString()).doesNotContain("topsecret").contains("h:1/d");
    assertThat(address.environment()).containsEntry("PGPASSWORD", "topsecret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "mysql://a:topsecret@h/d",
        "postgresql://a:topsecret@h:99999/d",
        "topsecret",
        "postgresql://a:topsecret@h:5432/d?sslmode"
      })
  void whatIsNoUrlIsRefusedWithoutShowingIt(String url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> DatabaseAddress.parse(url))
        .satisfies(e -> assertThat(e.getMessage()).doesNotContain("topsecret"));
  }
}
