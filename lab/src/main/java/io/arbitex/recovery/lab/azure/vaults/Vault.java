package io.arbitex.recovery.lab.azure.vaults;

import io.arbitex.recovery.lab.azure.state.RecordFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The secrets of a vault, in files for their owner only. Upper and lower case are the same in
 * names.
 */
public final class Vault {
  private final String name;
  private final RecordFiles<Secret> secrets;

  /**
   * Takes up what is there.
   *
   * @param folder of this vault alone
   */
  public Vault(String name, Path folder) throws IOException {
    this.name = name;
    this.secrets = RecordFiles.forTheOwnerOnly(folder, Secret.class);
  }

  public String name() {
    return name;
  }

  /** By name, the deleted ones too. */
  public List<Secret> all() {
    return secrets.values();
  }

  /** One that is there or was deleted. */
  public Optional<Secret> find(String secret) {
    return secrets.find(key(secret));
  }

  /** A new version; those before it stay. */
  public synchronized Secret set(String secret, SecretVersion version) {
    Secret after =
        find(secret)
            .map(before -> before.withNew(version))
            .orElseGet(() -> new Secret(secret, List.of(version), null));
    secrets.put(key(secret), after);
    return after;
  }

  /**
   * Changes a version of a secret that is there.
   *
   * @param id of the version, which the change keeps
   */
  public synchronized Optional<SecretVersion> change(
      String secret, String id, UnaryOperator<SecretVersion> change) {
    return find(secret)
        .flatMap(before -> before.version(id))
        .map(
            before -> {
              SecretVersion after = change.apply(before);
              secrets.change(key(secret), each -> each.withChanged(after));
              return after;
            });
  }

  /**
   * @param seconds since the epoch when it was deleted; null to have it back
   */
  public Optional<Secret> setDeleted(String secret, Long seconds) {
    return secrets.change(key(secret), each -> each.withDeleted(seconds));
  }

  /** Deletes it for good. */
  public void purge(String secret) {
    secrets.remove(key(secret));
  }

  private static String key(String secret) {
    return secret.toLowerCase(Locale.ROOT);
  }
}
