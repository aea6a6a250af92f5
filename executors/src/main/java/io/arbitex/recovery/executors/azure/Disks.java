package io.arbitex.recovery.executors.azure;

import com.azure.core.util.Context;
import com.azure.resourcemanager.compute.ComputeManager;
import com.azure.resourcemanager.compute.fluent.ComputeManagementClient;
import com.azure.resourcemanager.compute.fluent.models.DiskInner;
import com.azure.resourcemanager.compute.fluent.models.SnapshotInner;
import com.azure.resourcemanager.compute.models.CreationData;
import com.azure.resourcemanager.compute.models.DiskCreateOption;
import com.azure.resourcemanager.compute.models.DiskSku;
import com.azure.resourcemanager.compute.models.DiskStorageAccountTypes;
import com.azure.resourcemanager.compute.models.Encryption;
import com.azure.resourcemanager.compute.models.EncryptionType;
import com.azure.resourcemanager.compute.models.NetworkAccessPolicy;
import com.azure.resourcemanager.compute.models.PublicNetworkAccess;
import io.arbitex.recovery.azure.DiskKind;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Disks of a resource group, and snapshots of another. */
public final class Disks {
  private static final float WHOLE = 100f;

  /** Azure's words for a resource that is not there. */
  private static final Set<String> GONE = Set.of("ResourceNotFound", "NotFound");

  private static final Pattern ID =
      Pattern.compile("(?i)/subscriptions/([^/]+)/resourceGroups/([^/]+)/.+/disks/([^/]+)");

  private final AzureAccess access;
  private final String disks;
  private final String snapshots;
  private final ComputeManagementClient client;

  /**
   * @param disks resource group of the disks
   * @param snapshots resource group of the snapshots
   */
  public Disks(AzureAccess access, String disks, String snapshots) {
    this.access = access;
    this.disks = disks;
    this.snapshots = snapshots;
    this.client = ComputeManager.authenticate(access.pipeline(), access.profile()).serviceClient();
  }

  /** All snapshots of the group, in no order. */
  public List<DiskSnapshot> snapshots() throws ActionFailure, InterruptedException {
    return ask(
        "list the snapshots of " + snapshots,
        () -> {
          List<DiskSnapshot> all = new ArrayList<>();
          client.getSnapshots().listByResourceGroup(snapshots).forEach(each -> all.add(of(each)));
          return all;
        });
  }

  /** The disk of that name; empty when Azure has none. */
  public Optional<Disk> find(String name) throws ActionFailure, InterruptedException {
    return inner(disks, name).map(Disks::of);
  }

  /**
   * Whether Azure has a disk.
   *
   * @param handle whole resource id, in whatever group; or a name in the group of the disks
   */
  public boolean has(String handle) throws ActionFailure, InterruptedException {
    return inner(handle).isPresent();
  }

  private Optional<DiskInner> inner(String handle) throws ActionFailure, InterruptedException {
    Matcher id = ID.matcher(handle);
    if (id.matches() && !id.group(1).equalsIgnoreCase(access.settings().subscription())) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "the disk " + handle + " is in another subscription than azure.subscription",
          "Nothing is known of it; see which one is right.");
    }
    return id.matches() ? inner(id.group(2), id.group(3)) : inner(disks, handle);
  }

  private Optional<DiskInner> inner(String group, String name)
      throws ActionFailure, InterruptedException {
    try {
      return Optional.of(client.getDisks().getByResourceGroup(group, name));
    } catch (RuntimeException e) {
      // Not a 404 of a group or subscription that is not there, or of whoever stands in between.
      if (AzureErrors.status(e) == 404 && AzureErrors.code(e).filter(GONE::contains).isPresent()) {
        return Optional.empty();
      }
      throw AzureErrors.of("look for the disk " + name + " in " + group, e);
    }
  }

  AzureAccess access() {
    return access;
  }

  /**
   * Begins to make a disk from a snapshot; the same order given twice makes one disk.
   *
   * @param like handle of a disk whose kind and zone it gets; empty, or one that is gone, for what
   *     the snapshot's tags say of its disk, and Azure's defaults for the rest
   * @return the address of the operation, if Azure gave one
   */
  public Optional<String> beginMake(
      String name, DiskSnapshot from, Optional<String> like, Map<String, String> tags)
      throws ActionFailure, InterruptedException {
    DiskInner wanted =
        new DiskInner()
            .withLocation(from.location())
            .withTags(tags)
            .withCreationData(
                new CreationData()
                    .withCreateOption(DiskCreateOption.COPY)
                    .withSourceResourceId(from.id()));
    Optional<DiskInner> source = like.isEmpty() ? Optional.empty() : inner(like.get());
    // A disk that is encrypted by the customer's key, or closed to export, stays so.
    source.ifPresentOrElse(
        found -> describe(wanted, found),
        () -> DiskKind.ofTags(from.tags()).ifPresent(kind -> describe(wanted, kind)));
    return begin(
        "make the disk " + name + " from the snapshot " + from.name(),
        context -> client.getDisks().beginCreateOrUpdate(disks, name, wanted, context));
  }

  private static void describe(DiskInner wanted, DiskInner found) {
    wanted
        .withSku(found.sku())
        .withZones(found.zones())
        .withTier(found.tier())
        .withEncryption(found.encryption())
        .withNetworkAccessPolicy(found.networkAccessPolicy())
        .withDiskAccessId(found.diskAccessId())
        .withPublicNetworkAccess(found.publicNetworkAccess());
    if (found.sku() != null && isBoughtApart(String.valueOf(found.sku().name()))) {
      wanted
          .withDiskIopsReadWrite(found.diskIopsReadWrite())
          .withDiskMBpsReadWrite(found.diskMBpsReadWrite());
      wanted.creationData().withLogicalSectorSize(found.creationData().logicalSectorSize());
    }
  }

  private static void describe(DiskInner wanted, DiskKind kind) {
    said(kind.sku())
        .ifPresent(
            sku -> wanted.withSku(new DiskSku().withName(DiskStorageAccountTypes.fromString(sku))));
    wanted.withZones(kind.zones().isEmpty() ? null : kind.zones());
    said(kind.tier()).ifPresent(wanted::withTier);
    Optional<String> type = said(kind.encryption());
    Optional<String> set = said(kind.encryptionSet());
    if (type.isPresent() || set.isPresent()) {
      wanted.withEncryption(
          new Encryption()
              .withType(type.map(EncryptionType::fromString).orElse(null))
              .withDiskEncryptionSetId(set.orElse(null)));
    }
    said(kind.networkAccess())
        .ifPresent(each -> wanted.withNetworkAccessPolicy(NetworkAccessPolicy.fromString(each)));
    said(kind.diskAccess()).ifPresent(wanted::withDiskAccessId);
    said(kind.publicAccess())
        .ifPresent(each -> wanted.withPublicNetworkAccess(PublicNetworkAccess.fromString(each)));
    if (isBoughtApart(kind.sku())) {
      said(kind.operations()).map(Long::valueOf).ifPresent(wanted::withDiskIopsReadWrite);
      said(kind.throughput()).map(Long::valueOf).ifPresent(wanted::withDiskMBpsReadWrite);
      said(kind.sector())
          .map(Integer::valueOf)
          .ifPresent(wanted.creationData()::withLogicalSectorSize);
    }
  }

  /** Performance apart from size, and a choice of sectors: Azure refuses them for all others. */
  private static boolean isBoughtApart(String sku) {
    return sku.equals("UltraSSD_LRS") || sku.equals("PremiumV2_LRS");
  }

  private static Optional<String> said(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(text);
  }

  /**
   * Begins to delete a disk. Azure refuses it for one that is attached.
   *
   * @return the address of the operation, if Azure gave one
   */
  public Optional<String> beginDelete(String name) throws ActionFailure, InterruptedException {
    return begin(
        "delete the disk " + name, context -> client.getDisks().beginDelete(disks, name, context));
  }

  private static Optional<String> begin(String doing, Consumer<Context> request)
      throws ActionFailure, InterruptedException {
    AtomicReference<String> address = new AtomicReference<>();
    ask(
        doing,
        () -> {
          request.accept(OperationAddress.telling(address));
          return doing;
        });
    return Optional.ofNullable(address.get());
  }

  private static Disk of(DiskInner disk) {
    return new Disk(
        disk.name(),
        disk.id(),
        String.valueOf(disk.provisioningState()),
        disk.diskSizeGB() == null ? 0 : disk.diskSizeGB(),
        zones(disk),
        disk.tags() == null ? Map.of() : disk.tags());
  }

  /** A node's label {@code topology.kubernetes.io/zone} is {@code REGION-ZONE} in AKS. */
  private static List<String> zones(DiskInner disk) {
    String region = disk.location() == null ? "" : disk.location().replace(" ", "");
    return disk.zones() == null
        ? List.of()
        : disk.zones().stream().map(zone -> region.toLowerCase(Locale.ROOT) + "-" + zone).toList();
  }

  private static DiskSnapshot of(SnapshotInner snapshot) {
    boolean copied = snapshot.completionPercent() == null || snapshot.completionPercent() >= WHOLE;
    return new DiskSnapshot(
        snapshot.name(),
        snapshot.id(),
        snapshot.timeCreated() == null ? Instant.EPOCH : snapshot.timeCreated().toInstant(),
        copied
            && snapshot.timeCreated() != null
            && "Succeeded".equals(snapshot.provisioningState()),
        snapshot.provisioningState() + (copied ? "" : ", " + snapshot.completionPercent() + " %"),
        snapshot.creationData() == null || snapshot.creationData().sourceResourceId() == null
            ? ""
            : snapshot.creationData().sourceResourceId(),
        snapshot.location(),
        snapshot.tags() == null ? Map.of() : snapshot.tags());
  }

  private static <T> T ask(String doing, Supplier<T> request)
      throws ActionFailure, InterruptedException {
    try {
      return request.get();
    } catch (RuntimeException e) {
      throw AzureErrors.of(doing, e);
    }
  }
}
