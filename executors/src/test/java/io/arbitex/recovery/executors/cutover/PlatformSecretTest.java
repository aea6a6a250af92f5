package io.arbitex.recovery.executors.cutover;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.checks.DatabaseAddress;
import org.junit.jupiter.api.Test;

class PlatformSecretTest {
  /** Found by review: SQLAlchemy's way to write a URL was not read, and written over. */
  @Test
  void theDriverInTheUrlOfAPythonPlatformStays() {
    String old = "postgresql+asyncpg://app:secret@db.example:5432/arbitex?ssl=require";
    DatabaseAddress address = PlatformSecret.parse(old).orElseThrow();
    assertThat(address.host()).isEqualTo("db.example");
    assertThat(address.password()).isEqualTo("secret");
    assertThat(PlatformSecret.inTheWayOf(old, "postgresql://app:new@spare:5432/other"))
        .isEqualTo("postgresql+asyncpg://app:new@spare:5432/other");
    assertThat(
            PlatformSecret.inTheWayOf("postgresql://a:b@c/d", "postgresql://app:new@spare/other"))
        .isEqualTo("postgresql://app:new@spare/other");
  }

  @Test
  void whatIsNoUrlIsNoAddress() {
    assertThat(PlatformSecret.parse("host=db user=app")).isEmpty();
    assertThat(PlatformSecret.parse("postgresql://app:b@one,two/db")).isEmpty();
  }
}
