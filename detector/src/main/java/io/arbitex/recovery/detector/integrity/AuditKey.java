package io.arbitex.recovery.detector.integrity;

import io.arbitex.recovery.configuration.SecretReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The platform's audit key, read when it is needed; without it nothing of the chain is judged. */
final class AuditKey {
  private static final Logger log = LoggerFactory.getLogger(AuditKey.class);

  private final SecretReference reference;
  private final AtomicBoolean told = new AtomicBoolean();

  AuditKey(SecretReference reference) {
    this.reference = reference;
  }

  Optional<byte[]> read() {
    try {
      String key = reference.resolve();
      if (key.isEmpty()) {
        throw new IOException("the secret " + reference + " is empty");
      }
      told.set(false);
      return Optional.of(key.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      if (!told.getAndSet(true)) {
        log.error("the audit chain is not checked, since its key cannot be read", e);
      }
      return Optional.empty();
    }
  }
}
