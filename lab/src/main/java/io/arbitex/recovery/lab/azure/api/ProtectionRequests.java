package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Operations;
import io.arbitex.recovery.lab.azure.protection.BackupInstance;
import io.arbitex.recovery.lab.azure.protection.BackupJob;
import io.arbitex.recovery.lab.azure.protection.BackupVault;
import io.arbitex.recovery.lab.azure.protection.Protection;
import io.arbitex.recovery.lab.azure.protection.Vaults;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** What becomes of a request for backup vaults, and what is in them. */
public final class ProtectionRequests implements Provider {
  private final Protection protection;
  private final Vaults vaults;
  private final Operations operations;
  private final LongRunning longRunning;
  private final ProtectionOrders orders;
  private final ProtectionDocument documents;
  private final JobDocument jobs;

  public ProtectionRequests(
      Protection protection,
      Operations operations,
      LongRunning longRunning,
      String subscription,
      Clock clock) {
    this.protection = protection;
    this.vaults = protection.vaults();
    this.operations = operations;
    this.longRunning = longRunning;
    this.orders = new ProtectionOrders();
    this.documents = new ProtectionDocument(vaults);
    this.jobs = new JobDocument(vaults, subscription, clock);
  }

  @Override
  public boolean has(ArmPath path) {
    return path.namespace() == Namespace.DATA_PROTECTION
        && path.type().split("/")[0].equals("backupvaults");
  }

  @Override
  public Optional<ObjectNode> at(ArmPath path) {
    BackupVault vault = vault(path);
    return switch (path.type()) {
      case "backupvaults" -> Optional.of(documents.vault(vault));
      case "backupvaults/backupinstances" ->
          vaults.instance(vault.name(), path.child()).map(each -> documents.instance(vault, each));
      case "backupvaults/backupinstances/recoverypoints" ->
          vaults
              .point(instance(path), path.lastName())
              .map(each -> documents.point(vault, instance(path), each));
      case "backupvaults/backupjobs" ->
          protection
              .jobs()
              .find(path.child())
              .filter(each -> each.vault().equalsIgnoreCase(vault.name()))
              .map(each -> jobs.of(vault, instanceOf(each), each));
      default -> throw unknown(path);
    };
  }

  @Override
  public ArmAnswer answer(ArmRequest request, String base) {
    ArmPath path = request.path();
    if (request.method().equals("GET")) {
      return path.isOne()
          ? ArmAnswer.of(200, at(path).orElseThrow(() -> missing(path)))
          : ArmAnswer.list(all(path));
    }
    // One after the other: between looking and beginning, nobody else begins.
    synchronized (this) {
      return change(request, base);
    }
  }

  private List<ObjectNode> all(ArmPath path) {
    if (path.type().equals("backupvaults")) {
      return vaults.all().stream()
          .filter(
              each ->
                  path.resourceGroup().isEmpty()
                      || each.resourceGroup().equalsIgnoreCase(path.resourceGroup()))
          .map(documents::vault)
          .toList();
    }
    BackupVault vault = vault(path);
    return switch (path.type()) {
      case "backupvaults/backupinstances" ->
          vaults.instances(vault).stream().map(each -> documents.instance(vault, each)).toList();
      case "backupvaults/backupinstances/recoverypoints" ->
          vaults.points(instance(path)).stream()
              .map(each -> documents.point(vault, instance(path), each))
              .toList();
      case "backupvaults/backupjobs" ->
          protection.jobs().all(vault).stream()
              .map(each -> jobs.of(vault, instanceOf(each), each))
              .toList();
      default -> throw unknown(path);
    };
  }

  private ArmAnswer change(ArmRequest request, String base) {
    ArmPath path = request.path();
    String what = request.method() + " " + path.type() + (path.isOne() ? "" : " (all)");
    return switch (what) {
      case "PUT backupvaults" -> {
        BackupVault vault = orders.vault(request, vaults.named(path.top()));
        vaults.put(vault);
        yield ArmAnswer.of(200, documents.vault(vault));
      }
      case "PUT backupvaults/backupinstances" -> protect(request, base);
      case "POST backupvaults/backupinstances/backup (all)" -> {
        orders.backup(request.body());
        yield job(Operation.Kind.TRIGGER_BACKUP, request, base);
      }
      case "POST backupvaults/backupinstances/validaterestore (all)" -> {
        JsonNode wanted = request.body().path("restoreRequestObject");
        orders.restore(wanted);
        yield begun(Operation.Kind.VALIDATE_RESTORE, request, null, wanted, Map.of(), base);
      }
      case "POST backupvaults/backupinstances/restore (all)" -> {
        orders.restore(request.body());
        yield job(Operation.Kind.TRIGGER_RESTORE, request, base);
      }
      default -> throw request.notAllowed();
    };
  }

  private ArmAnswer protect(ArmRequest request, String base) {
    ArmPath path = request.path();
    BackupVault vault = vault(path);
    Optional<BackupInstance> there = vaults.instance(vault.name(), path.child());
    BackupInstance ordered = orders.instance(request, vault, there);
    if (operations.isBusy(ordered.target())) {
      throw ArmFailure.of(
          409, "Conflict", "Another operation is in progress on '" + ordered.name() + "'.");
    }
    vaults.put(ordered);
    Operation operation =
        operations.begin(
            Operation.Kind.PROTECT_CLUSTER,
            ordered.target(),
            path.text(),
            Map.of(),
            request.fate());
    return longRunning.begun(
        operation,
        path.namespace(),
        vault.location(),
        201,
        documents.instance(vault, ordered),
        base);
  }

  private ArmAnswer job(Operation.Kind kind, ArmRequest request, String base) {
    String id = UUID.randomUUID().toString();
    return begun(
        kind,
        request,
        jobs.id(vault(request.path()), id),
        request.body(),
        Map.of(Protection.JOB, id),
        base);
  }

  private ArmAnswer begun(
      Operation.Kind kind,
      ArmRequest request,
      String resource,
      JsonNode wanted,
      Map<String, String> more,
      String base) {
    BackupInstance instance = instance(request.path());
    if (instance.state() != BackupInstance.State.CONFIGURED) {
      throw ArmFailure.of(
          409, "Conflict", "'" + instance.name() + "' is " + instance.state().protection() + ".");
    }
    Map<String, String> parameters = new HashMap<>(more);
    parameters.put(Protection.REQUEST, wanted.toString());
    Operation operation =
        operations.begin(kind, instance.target(), resource, parameters, request.fate());
    return longRunning.begun(
        operation, request.path().namespace(), vault(request.path()).location(), 202, null, base);
  }

  private BackupVault vault(ArmPath path) {
    return vaults
        .find(path.resourceGroup(), path.top())
        .orElseThrow(
            () ->
                ArmFailure.notFound(
                    ProtectionDocument.TYPE + "/" + path.top(), path.resourceGroup()));
  }

  private BackupInstance instance(ArmPath path) {
    return vaults
        .instance(vault(path).name(), path.child())
        .orElseThrow(
            () -> ArmFailure.notFound("backupInstances/" + path.child(), path.resourceGroup()));
  }

  private BackupInstance instanceOf(BackupJob job) {
    return vaults
        .instance(job.vault(), job.instance())
        .orElseThrow(() -> new IllegalStateException(job.id() + " is of nothing that is there"));
  }

  private static ArmFailure missing(ArmPath path) {
    return ArmFailure.notFound(path.type() + "/" + path.lastName(), path.resourceGroup());
  }

  private static ArmFailure unknown(ArmPath path) {
    return ArmFailure.of(404, "InvalidResourceType", "The lab knows no " + path.type() + ".");
  }
}
