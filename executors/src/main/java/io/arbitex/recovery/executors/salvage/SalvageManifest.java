package io.arbitex.recovery.executors.salvage;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Optional;

/**
 * What an export is, in a file beside it.
 *
 * @param source the resource that was read
 * @param target the database that the platform moves to
 * @param restoredHead id of the newest event that the restore brought
 * @param compared id of the last event that was looked at for whether it was rewritten
 * @param unreadable events that the damage let nobody read
 * @param complete all that can be read is there
 * @param events of after the restored head
 * @param rewritten events up to the restored head that are others in the target; empty for none
 */
public record SalvageManifest(
    String incident,
    String command,
    String source,
    String target,
    String exportedAt,
    long restoredHead,
    long compared,
    long unreadable,
    boolean complete,
    WrittenEvents events,
    Optional<WrittenEvents> rewritten) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** How many events up to the restored head are others in the target. */
  public long rewrittenCount() {
    return rewritten.map(WrittenEvents::count).orElse(0L);
  }

  byte[] json() throws JsonProcessingException {
    ObjectNode node = JSON.createObjectNode();
    node.put("incident", incident);
    node.put("command", command);
    node.put("source", source);
    node.put("target", target);
    node.put("exportedAt", exportedAt);
    node.put("restoredHeadId", restoredHead);
    node.put("comparedUpToId", compared);
    node.put("unreadableEvents", unreadable);
    node.put("complete", complete);
    node.set("events", file(events));
    rewritten.ifPresent(each -> node.set("rewritten", file(each)));
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(node);
  }

  static SalvageManifest read(byte[] json) throws IOException {
    JsonNode node = JSON.readTree(json);
    return new SalvageManifest(
        node.path("incident").asText(),
        node.path("command").asText(),
        node.path("source").asText(),
        node.path("target").asText(),
        node.path("exportedAt").asText(),
        node.path("restoredHeadId").asLong(),
        node.path("comparedUpToId").asLong(),
        node.path("unreadableEvents").asLong(),
        node.path("complete").asBoolean(),
        file(node.path("events")),
        node.has("rewritten") ? Optional.of(file(node.path("rewritten"))) : Optional.empty());
  }

  private static ObjectNode file(WrittenEvents of) {
    ObjectNode node = JSON.createObjectNode();
    node.put("file", of.file());
    node.put("count", of.count());
    node.put("firstId", of.firstId());
    node.put("lastId", of.lastId());
    node.put("firstCreatedAt", of.firstCreatedAt());
    node.put("lastCreatedAt", of.lastCreatedAt());
    node.put("sha256", of.sha256());
    node.put("rightHmacs", of.rightHmacs());
    return node;
  }

  private static WrittenEvents file(JsonNode node) {
    return new WrittenEvents(
        node.path("file").asText(),
        node.path("count").asLong(),
        node.path("firstId").asLong(),
        node.path("lastId").asLong(),
        node.path("firstCreatedAt").asText(),
        node.path("lastCreatedAt").asText(),
        node.path("sha256").asText(),
        node.path("rightHmacs").asLong());
  }
}
