package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.disks.Volume;
import io.arbitex.recovery.lab.azure.disks.Volume.Kind;
import java.time.Instant;

/** Disks and snapshots as Azure tells of them. */
final class DiskDocument {
  private static final long GIB = 1L << 30;

  private final String subscription;

  DiskDocument(String subscription) {
    this.subscription = subscription;
  }

  ObjectNode of(Volume volume) {
    String type = Namespace.COMPUTE.text() + "/" + volume.kind().type();
    ObjectNode document =
        ArmAnswer.object()
            .put(
                "id",
                "/subscriptions/"
                    + subscription
                    + "/resourceGroups/"
                    + volume.resourceGroup()
                    + "/providers/"
                    + type
                    + "/"
                    + volume.name())
            .put("name", volume.name())
            .put("type", type)
            .put("location", volume.location());
    ObjectNode tags = document.putObject("tags");
    volume.tags().forEach(tags::put);
    ObjectNode sku = document.putObject("sku");
    volume.sku().forEach(sku::put);
    if (!volume.zones().isEmpty()) {
      volume.zones().forEach(document.putArray("zones")::add);
    }
    ObjectNode properties = document.putObject("properties");
    ObjectNode creation = properties.putObject("creationData");
    creation.put("createOption", volume.copyOf() == null ? "Empty" : "Copy");
    if (volume.copyOf() != null) {
      creation.put("sourceResourceId", volume.copyOf());
    }
    properties
        .put("diskSizeGB", volume.sizeGb())
        .put("diskSizeBytes", volume.sizeGb() * GIB)
        .put("timeCreated", Instant.ofEpochMilli(volume.created()).toString())
        .put("provisioningState", volume.state().text())
        .put("diskState", "Unattached");
    if (volume.kind() == Kind.SNAPSHOT) {
      properties.put("incremental", volume.incremental());
    }
    return document;
  }
}
