package io.arbitex.recovery.lab.kubernetes.controllers;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ObjectKey;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.DeleteOptions;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Attaches the disks of claims to the nodes whose pods use them, and detaches them afterwards. */
final class Attachments implements Controller {
  private final Registry registry;

  Attachments(Registry registry) {
    this.registry = registry;
  }

  @Override
  public void reconcile() {
    Map<String, ObjectNode> wanted = new HashMap<>();
    for (ObjectNode pod : registry.all(ResourceTypes.POD, "")) {
      String node = pod.at("/spec/nodeName").asText("");
      if (node.isEmpty() || Pods.isOver(pod)) {
        continue;
      }
      for (String name : Claims.of(pod)) {
        volume(Meta.namespace(pod), name)
            .ifPresent(volume -> wanted.put(nameOf(volume, node), attachment(volume, node)));
      }
    }
    for (ObjectNode each : registry.all(ResourceTypes.VOLUME_ATTACHMENT, "")) {
      if (wanted.remove(Meta.name(each)) == null && isOurs(each)) {
        registry.delete(ObjectKey.of(ResourceTypes.VOLUME_ATTACHMENT, each), DeleteOptions.DEFAULT);
      }
    }
    wanted
        .values()
        .forEach(
            each -> {
              ObjectNode made = registry.create(ResourceTypes.VOLUME_ATTACHMENT, "", each, false);
              registry.amend(
                  ObjectKey.of(ResourceTypes.VOLUME_ATTACHMENT, made),
                  object -> object.putObject("status").put("attached", true));
            });
  }

  private static boolean isOurs(JsonNode attachment) {
    return attachment.at("/spec/attacher").asText().equals(VolumeProvisioner.PROVISIONER);
  }

  private Optional<ObjectNode> volume(String namespace, String claim) {
    return registry
        .find(new ObjectKey(ResourceTypes.CLAIM, namespace, claim))
        .filter(Claims::isBound)
        .flatMap(
            each ->
                registry.find(
                    ObjectKey.of(
                        ResourceTypes.PERSISTENT_VOLUME, each.at("/spec/volumeName").asText())))
        .filter(each -> each.at("/spec/csi/driver").asText().equals(VolumeProvisioner.PROVISIONER));
  }

  private static String nameOf(JsonNode volume, String node) {
    return "csi-" + PodTemplates.hash(Meta.JSON.createArrayNode().add(Meta.uid(volume)).add(node));
  }

  private static ObjectNode attachment(JsonNode volume, String node) {
    ObjectNode attachment = Meta.JSON.createObjectNode();
    attachment.putObject("metadata").put("name", nameOf(volume, node));
    attachment
        .putObject("spec")
        .put("attacher", VolumeProvisioner.PROVISIONER)
        .put("nodeName", node)
        .putObject("source")
        .put("persistentVolumeName", Meta.name(volume));
    return attachment;
  }
}
