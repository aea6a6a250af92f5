package io.arbitex.recovery.lab.azure.vaults;

import java.util.Map;

/**
 * One value that a secret has or had.
 *
 * @param id in its address; 32 hexadecimal digits
 * @param contentType null for none
 * @param notBefore seconds since the epoch, told back and not looked at; null for none
 * @param expires the same
 * @param created seconds since the epoch
 * @param updated the same
 */
public record SecretVersion(
    String id,
    String value,
    String contentType,
    boolean enabled,
    Long notBefore,
    Long expires,
    long created,
    long updated,
    Map<String, String> tags) {
  public SecretVersion {
    tags = Map.copyOf(tags);
  }

  /** Without the value: it does not belong into logs. */
  @Override
  public String toString() {
    return "SecretVersion[" + id + "]";
  }
}
