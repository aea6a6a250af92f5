package io.arbitex.recovery.lab.azure.protection;

import io.arbitex.recovery.lab.azure.protection.contents.PointFiles;
import io.arbitex.recovery.lab.azure.state.RecordFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The backup vaults of the subscription, what they protect, and their recovery points. */
public final class Vaults {
  private final String subscription;
  private final RecordFiles<BackupVault> vaults;
  private final RecordFiles<BackupInstance> instances;
  private final RecordFiles<RecoveryPoint> points;
  private final PointFiles files;

  /**
   * @param folder of their state
   * @param subscription its id
   */
  public Vaults(Path folder, String subscription) throws IOException {
    this.subscription = subscription;
    this.vaults = new RecordFiles<>(folder.resolve("vaults"), BackupVault.class);
    this.instances = new RecordFiles<>(folder.resolve("instances"), BackupInstance.class);
    this.points = new RecordFiles<>(folder.resolve("points"), RecoveryPoint.class);
    this.files = new PointFiles(folder.resolve("contents"));
  }

  public List<BackupVault> all() {
    return vaults.values();
  }

  public Optional<BackupVault> named(String name) {
    return vaults.find(name.toLowerCase(Locale.ROOT));
  }

  public Optional<BackupVault> find(String resourceGroup, String name) {
    return named(name).filter(each -> each.resourceGroup().equalsIgnoreCase(resourceGroup));
  }

  public void put(BackupVault vault) {
    vaults.put(vault.name().toLowerCase(Locale.ROOT), vault);
  }

  /** Resource id of a vault. */
  public String id(BackupVault vault) {
    return "/subscriptions/"
        + subscription
        + "/resourceGroups/"
        + vault.resourceGroup()
        + "/providers/Microsoft.DataProtection/backupVaults/"
        + vault.name();
  }

  public List<BackupInstance> instances(BackupVault vault) {
    return instances.values().stream()
        .filter(each -> each.vault().equalsIgnoreCase(vault.name()))
        .toList();
  }

  public Optional<BackupInstance> instance(String vault, String name) {
    return instances.find(BackupInstance.key(vault, name));
  }

  /** The one that an operation is about. */
  Optional<BackupInstance> target(String target) {
    return instances.find(target.substring(BackupInstance.TARGET.length()));
  }

  public void put(BackupInstance instance) {
    instances.put(BackupInstance.key(instance.vault(), instance.name()), instance);
  }

  void remove(BackupInstance instance) {
    instances.remove(BackupInstance.key(instance.vault(), instance.name()));
  }

  /** Newest first. */
  public List<RecoveryPoint> points(BackupInstance instance) {
    return points.values().stream()
        .filter(each -> each.vault().equalsIgnoreCase(instance.vault()))
        .filter(each -> each.instance().equalsIgnoreCase(instance.name()))
        .sorted(Comparator.comparingLong(RecoveryPoint::millis).reversed())
        .toList();
  }

  public Optional<RecoveryPoint> point(BackupInstance instance, String id) {
    return points(instance).stream().filter(each -> each.id().equalsIgnoreCase(id)).findFirst();
  }

  void put(RecoveryPoint point) {
    points.put(point.id(), point);
  }

  /** What recovery points hold. */
  public PointFiles files() {
    return files;
  }
}
