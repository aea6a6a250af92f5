package io.arbitex.recovery.lab.azure.clusters;

import io.arbitex.recovery.lab.azure.state.RecordFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** What was installed on clusters, and who was let into them. Both go with the cluster. */
public final class Permits {
  static final String TARGET = "extensions/";

  /** In no name of a cluster or of what belongs to it. */
  private static final String BETWEEN = "~";

  private final RecordFiles<Extension> extensions;
  private final RecordFiles<RoleBinding> bindings;

  /**
   * @param state of the lab
   */
  public Permits(Path state) throws IOException {
    this.extensions = new RecordFiles<>(state.resolve("extensions"), Extension.class);
    this.bindings = new RecordFiles<>(state.resolve("role-bindings"), RoleBinding.class);
  }

  public List<Extension> extensions(ManagedCluster cluster) {
    return extensions.values().stream()
        .filter(each -> each.cluster().equalsIgnoreCase(cluster.name()))
        .toList();
  }

  public Optional<Extension> extension(ManagedCluster cluster, String name) {
    return extensions.find(key(cluster.name(), name));
  }

  /** The one by which vaults back up and restore; empty when there is none. */
  public Optional<Extension> backupExtension(ManagedCluster cluster) {
    return extensions(cluster).stream().filter(Extension::backsUp).findFirst();
  }

  public void put(Extension extension) {
    extensions.put(key(extension.cluster(), extension.name()), extension);
  }

  public void remove(Extension extension) {
    extensions.remove(key(extension.cluster(), extension.name()));
  }

  /** As operations name it. */
  public static String target(Extension extension) {
    return TARGET + key(extension.cluster(), extension.name());
  }

  /** The one that an operation is about. */
  Optional<Extension> target(String target) {
    return extensions.find(target.substring(TARGET.length()));
  }

  public List<RoleBinding> bindings(ManagedCluster cluster) {
    return bindings.values().stream()
        .filter(each -> each.cluster().equalsIgnoreCase(cluster.name()))
        .toList();
  }

  public Optional<RoleBinding> binding(ManagedCluster cluster, String name) {
    return bindings.find(key(cluster.name(), name));
  }

  /** Whether a vault may do its work in a cluster. */
  public boolean letIn(ManagedCluster cluster, String vaultId) {
    return bindings(cluster).stream().anyMatch(each -> each.letsIn(vaultId));
  }

  public void put(RoleBinding binding) {
    bindings.put(key(binding.cluster(), binding.name()), binding);
  }

  public void remove(RoleBinding binding) {
    bindings.remove(key(binding.cluster(), binding.name()));
  }

  /** A cluster that is made anew with the name of one that is gone has nothing of it. */
  void forget(ManagedCluster cluster) {
    extensions(cluster).forEach(this::remove);
    bindings(cluster).forEach(this::remove);
  }

  private static String key(String cluster, String name) {
    return (cluster + BETWEEN + name).toLowerCase(Locale.ROOT);
  }
}
