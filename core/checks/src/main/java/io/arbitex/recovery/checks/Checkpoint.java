package io.arbitex.recovery.checks;

import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.BaselineKind;
import io.arbitex.recovery.record.TableCount;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The last moment at which a database was proven whole: a baseline of the kind CHECKPOINT, signed
 * with the platform's audit key. It is what a later check is held against and where a restore to a
 * point in time goes back to, so nobody who can write to the topic alone may set it.
 */
public final class Checkpoint {
  /** No audit event's text begins like this: one signature never passes for the other. */
  private static final String FORMAT = "recovery-checkpoint/1";

  private Checkpoint() {}

  /**
   * The checkpoint of what was proven.
   *
   * @param proven in one snapshot; its {@code takenAt} is the server's own clock, read after the
   *     snapshot was taken
   * @param resource the database that it was proven in, by its name in inventory or binding
   * @param bindingEpoch of the binding that named the resource
   * @param key the platform's audit key
   */
  public static Baseline sign(Baseline proven, String resource, long bindingEpoch, byte[] key) {
    Baseline checkpoint =
        Baseline.newBuilder(proven)
            .setKind(BaselineKind.CHECKPOINT)
            .setResource(resource)
            .setBindingEpoch(bindingEpoch)
            .setCanaryId(null)
            .setSignature("")
            .build();
    checkpoint.setSignature(signature(checkpoint, key));
    return checkpoint;
  }

  /**
   * What was read, if it is a checkpoint of that component and signed with that key; empty for a
   * record of another kind, of another component or platform, forged, or signed with another key.
   */
  public static Optional<Baseline> verified(
      Baseline read, String platform, String component, byte[] key) {
    boolean concerns =
        read.getKind() == BaselineKind.CHECKPOINT
            && read.getPlatform().equals(platform)
            && read.getComponent().equals(component);
    return concerns && isSigned(read, key) ? Optional.of(read) : Optional.empty();
  }

  private static boolean isSigned(Baseline read, byte[] key) {
    return MessageDigest.isEqual(
        signature(read, key).getBytes(StandardCharsets.US_ASCII),
        read.getSignature().getBytes(StandardCharsets.UTF_8));
  }

  private static String signature(Baseline checkpoint, byte[] key) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      byte[] text = canonical(checkpoint).getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(mac.doFinal(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  /** Each value with its length before it: no two records have the same text. */
  private static String canonical(Baseline checkpoint) {
    StringBuilder text = new StringBuilder(FORMAT).append('\n');
    add(text, checkpoint.getPlatform());
    add(text, checkpoint.getComponent());
    add(text, checkpoint.getSource());
    add(text, checkpoint.getResource());
    add(text, checkpoint.getBindingEpoch());
    add(text, ChronoUnit.MICROS.between(Instant.EPOCH, checkpoint.getTakenAt()));
    add(text, checkpoint.getAuditCount());
    add(text, checkpoint.getAuditHeadId());
    add(text, checkpoint.getAuditHeadHmac());
    add(text, checkpoint.getAlembicHead());
    add(text, checkpoint.getDatabaseBytes());
    for (TableCount count : checkpoint.getCounts()) {
      add(text, count.getTable());
      add(text, count.getRows());
    }
    return text.toString();
  }

  private static void add(StringBuilder text, Object value) {
    String written = value.toString();
    text.append(written.length()).append(':').append(written).append('\n');
  }
}
