package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.azure.disks.Volume;
import io.arbitex.recovery.lab.azure.disks.Volume.Kind;
import io.arbitex.recovery.lab.azure.disks.Volume.State;
import io.arbitex.recovery.lab.azure.disks.Volumes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a PUT of a disk or a snapshot orders. */
final class DiskOrders {
  private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,79}";
  private static final int LARGEST_GB = 65_536;

  private final Volumes volumes;
  private final String subscription;

  DiskOrders(Volumes volumes, String subscription) {
    this.volumes = volumes;
    this.subscription = subscription;
  }

  /** What it is to be a copy of; empty for none. */
  Optional<Volume> source(ArmRequest request) {
    JsonNode creation = request.properties().path("creationData");
    String option = creation.path("createOption").asText();
    if (option.equals("Empty")) {
      return Optional.empty();
    }
    if (!option.equals("Copy")) {
      throw ArmFailure.invalid("The lab has no createOption '" + option + "'.");
    }
    String id = creation.path("sourceResourceId").asText();
    ArmPath path = ArmPath.of(id.startsWith("/") ? id : "/" + id);
    Kind kind = path.type().equals(Kind.DISK.type()) ? Kind.DISK : Kind.SNAPSHOT;
    if (path.namespace() != Namespace.COMPUTE
        || !path.isOne()
        || !path.type().equals(kind.type())
        || !path.subscription().equalsIgnoreCase(subscription)) {
      throw ArmFailure.invalid("'" + id + "' is no disk or snapshot of this subscription.");
    }
    Volume source =
        volumes
            .find(kind, path.resourceGroup(), path.top())
            .orElseThrow(
                () ->
                    ArmFailure.notFound(
                        path.namespace().text() + "/" + path.type() + "/" + path.top(),
                        path.resourceGroup()));
    if (source.state() != State.SUCCEEDED) {
      throw ArmFailure.of(
          409, "Conflict", "'" + id + "' is " + source.state().text() + " and cannot be copied.");
    }
    return Optional.of(source);
  }

  /** The new one, before it is made. */
  Volume order(ArmRequest request, Kind kind, Optional<Volume> source, long now) {
    ArmPath path = request.path();
    JsonNode body = request.body();
    if (!path.top().matches(NAME)) {
      throw ArmFailure.invalid("'" + path.top() + "' is no name for a disk or a snapshot.");
    }
    if (kind == Kind.SNAPSHOT && source.isEmpty()) {
      throw ArmFailure.invalid("A snapshot is a copy of something.");
    }
    String location = body.path("location").asText();
    if (location.isEmpty()) {
      throw ArmFailure.of(400, "LocationRequired", "The location property is required.");
    }
    int least = source.map(Volume::sizeGb).orElse(1);
    int size = request.properties().path("diskSizeGB").asInt(source.isPresent() ? least : 0);
    if (size < least || size > LARGEST_GB) {
      throw ArmFailure.invalid("'diskSizeGB' is from " + least + " to " + LARGEST_GB + ".");
    }
    List<String> zones = new ArrayList<>();
    body.path("zones").forEach(each -> zones.add(each.asText()));
    return new Volume(
        kind,
        path.resourceGroup(),
        path.top(),
        location,
        size,
        texts(body.path("sku")),
        zones,
        texts(body.path("tags")),
        source.isEmpty()
            ? null
            : request.properties().at("/creationData/sourceResourceId").asText(),
        request.properties().path("incremental").asBoolean(false),
        now,
        State.CREATING);
  }

  private static Map<String, String> texts(JsonNode node) {
    Map<String, String> texts = new HashMap<>();
    node.properties().forEach(each -> texts.put(each.getKey(), each.getValue().asText()));
    return texts;
  }
}
