package io.arbitex.recovery.lab.azure.vaults;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A secret with all that it ever was.
 *
 * @param name as it was given first
 * @param versions oldest first, at least one
 * @param deleted seconds since the epoch; null for one that is not deleted
 */
public record Secret(String name, List<SecretVersion> versions, Long deleted) {
  public Secret {
    versions = List.copyOf(versions);
    if (versions.isEmpty()) {
      throw new IllegalArgumentException("a secret has a version");
    }
  }

  public boolean wasDeleted() {
    return deleted != null;
  }

  public SecretVersion newest() {
    return versions.get(versions.size() - 1);
  }

  /**
   * @param id of a version; empty for the newest
   */
  public Optional<SecretVersion> version(String id) {
    return id.isEmpty()
        ? Optional.of(newest())
        : versions.stream().filter(each -> each.id().equalsIgnoreCase(id)).findFirst();
  }

  Secret withNew(SecretVersion version) {
    List<SecretVersion> all = new ArrayList<>(versions);
    all.add(version);
    return new Secret(name, all, deleted);
  }

  /** One version as it is now, in its place: the newest is the one that was set last. */
  Secret withChanged(SecretVersion version) {
    return new Secret(
        name,
        versions.stream().map(each -> each.id().equals(version.id()) ? version : each).toList(),
        deleted);
  }

  Secret withDeleted(Long seconds) {
    return new Secret(name, versions, seconds);
  }
}
