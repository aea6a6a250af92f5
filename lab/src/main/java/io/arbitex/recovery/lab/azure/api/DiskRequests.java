package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.disks.MakeVolume;
import io.arbitex.recovery.lab.azure.disks.Volume;
import io.arbitex.recovery.lab.azure.disks.Volume.Kind;
import io.arbitex.recovery.lab.azure.disks.Volume.State;
import io.arbitex.recovery.lab.azure.disks.Volumes;
import io.arbitex.recovery.lab.azure.disks.Writers;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Operations;
import java.io.IOException;
import java.time.Clock;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What becomes of a request for disks and snapshots. */
public final class DiskRequests implements Provider {
  private final Volumes volumes;
  private final Operations operations;
  private final LongRunning longRunning;
  private final DiskOrders orders;
  private final DiskDocument documents;
  private final Clock clock;

  public DiskRequests(
      Volumes volumes,
      Operations operations,
      LongRunning longRunning,
      String subscription,
      Clock clock) {
    this.volumes = volumes;
    this.operations = operations;
    this.longRunning = longRunning;
    this.orders = new DiskOrders(volumes, subscription);
    this.documents = new DiskDocument(subscription);
    this.clock = clock;
  }

  private static Optional<Kind> kind(ArmPath path) {
    return Arrays.stream(Kind.values()).filter(each -> each.type().equals(path.type())).findFirst();
  }

  @Override
  public boolean has(ArmPath path) {
    return path.namespace() == Namespace.COMPUTE && kind(path).isPresent();
  }

  @Override
  public Optional<ObjectNode> at(ArmPath path) {
    return find(path).map(documents::of);
  }

  private Optional<Volume> find(ArmPath path) {
    return volumes.find(kind(path).orElseThrow(), path.resourceGroup(), path.top());
  }

  @Override
  public synchronized ArmAnswer answer(ArmRequest request, String base) throws IOException {
    ArmPath path = request.path();
    if (!path.isOne()) {
      if (!request.method().equals("GET")) {
        throw request.notAllowed();
      }
      return ArmAnswer.list(
          volumes.all(kind(path).orElseThrow()).stream()
              .filter(
                  each ->
                      path.resourceGroup().isEmpty()
                          || each.resourceGroup().equalsIgnoreCase(path.resourceGroup()))
              .map(documents::of)
              .toList());
    }
    return switch (request.method()) {
      case "GET" ->
          ArmAnswer.of(
              200,
              at(path)
                  .orElseThrow(
                      () ->
                          ArmFailure.notFound(
                              path.namespace().text() + "/" + path.type() + "/" + path.top(),
                              path.resourceGroup())));
      case "PUT" -> put(request, base);
      case "DELETE" -> delete(request, base);
      default -> throw request.notAllowed();
    };
  }

  private ArmAnswer put(ArmRequest request, String base) {
    Kind kind = kind(request.path()).orElseThrow();
    Optional<Volume> there = find(request.path());
    if (there.isPresent()) {
      return again(request, there.get());
    }
    Optional<Volume> source = orders.source(request);
    Volume ordered = orders.order(request, kind, source, clock.millis());
    if (volumes.named(kind, ordered.name()).isPresent()
        || volumes.isPlaceTaken(kind, ordered.name())) {
      throw ArmFailure.of(
          409, "Conflict", "The lab has something else of the name '" + ordered.name() + "'.");
    }
    Map<String, String> parameters =
        source
            .map(
                it ->
                    Map.of(
                        MakeVolume.SOURCE,
                        it.target(),
                        MakeVolume.SOURCE_FOLDER,
                        volumes.folder(it).toString()))
            .orElse(Map.of());
    volumes.put(ordered);
    return begun(
        Operation.Kind.MAKE_VOLUME,
        request,
        ordered,
        request.path().text(),
        parameters,
        documents.of(ordered),
        base);
  }

  /** Of one that is there: its contents stay, whatever is ordered. */
  private ArmAnswer again(ArmRequest request, Volume there) {
    refuseBusy(there);
    String copyOf = request.properties().at("/creationData/sourceResourceId").asText("");
    if (!copyOf.equalsIgnoreCase(there.copyOf() == null ? "" : there.copyOf())) {
      throw ArmFailure.of(
          409,
          "PropertyChangeNotAllowed",
          "Changing property 'creationData.sourceResourceId' is not allowed.");
    }
    Volume ordered = orders.order(request, there.kind(), Optional.of(there), there.created());
    Volume after = there.ordered(ordered.sizeGb(), ordered.sku(), ordered.tags());
    volumes.put(after);
    return ArmAnswer.of(200, documents.of(after));
  }

  private ArmAnswer delete(ArmRequest request, String base) throws IOException {
    Optional<Volume> found = find(request.path());
    if (found.isEmpty()) {
      return ArmAnswer.of(204, null);
    }
    Volume volume = found.get();
    refuseBusy(volume);
    Set<Long> writers = Writers.below(volumes.folder(volume));
    if (!writers.isEmpty()) {
      throw ArmFailure.of(
          409,
          "OperationNotAllowed",
          "Disk '" + volume.name() + "' is attached: processes " + writers + " write to it.");
    }
    volumes.put(volume.withState(State.DELETING));
    return begun(Operation.Kind.DELETE_VOLUME, request, volume, null, Map.of(), null, base);
  }

  private void refuseBusy(Volume volume) {
    boolean isRead =
        operations.running().stream()
            .anyMatch(each -> volume.target().equals(each.parameters().get(MakeVolume.SOURCE)));
    if (isRead || operations.isBusy(volume.target())) {
      throw ArmFailure.of(
          409, "Conflict", "Another operation is in progress on '" + volume.name() + "'.");
    }
  }

  private ArmAnswer begun(
      Operation.Kind kind,
      ArmRequest request,
      Volume volume,
      String resource,
      Map<String, String> parameters,
      ObjectNode body,
      String base) {
    Operation operation =
        operations.begin(kind, volume.target(), resource, parameters, request.fate());
    return longRunning.begun(operation, Namespace.COMPUTE, volume.location(), 202, body, base);
  }
}
