package io.arbitex.recovery.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.record.Baseline;
import io.arbitex.recovery.record.BaselineKind;
import io.arbitex.recovery.record.DumpPart;
import io.arbitex.recovery.record.RestorePoint;
import io.arbitex.recovery.record.RestorePointKind;
import io.arbitex.recovery.record.RestorePointState;
import io.arbitex.recovery.record.TableCount;
import java.io.IOException;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A restore point as JSON that people can read: names as in the record, times in ISO 8601. */
final class RestorePointJson {
  private static final ObjectMapper MAPPER =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** A manifest may not lead to files elsewhere. */
  private static final Pattern PLAIN_NAME = Pattern.compile("[^/\\\\.][^/\\\\]*");

  /**
   * As quote_ident writes them, with a schema or without. The restore puts the text into a COPY
   * that the admin runs: {@code t FROM PROGRAM '...' --} would run a program on the server. A name
   * has at most 63 bytes (NAMEDATALEN - 1).
   */
  private static final Pattern TABLE =
      Pattern.compile(
          "%1$s(?:\\.%1$s)?".formatted("(?:[a-z_][a-z0-9_]{0,62}|\"(?:[^\"\0]|\"\"){1,63}\")"));

  private RestorePointJson() {}

  static byte[] write(RestorePoint point) throws IOException {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("id", point.getId());
    json.put("platform", point.getPlatform());
    json.put("component", point.getComponent());
    json.put("kind", point.getKind().name());
    json.put("state", point.getState().name());
    json.put("takenAt", point.getTakenAt().toString());
    json.put("finishedAt", point.getFinishedAt().toString());
    json.put("location", point.getLocation());
    json.put("format", point.getFormat());
    json.put("sizeBytes", point.getSizeBytes());
    json.put("sha256", point.getSha256());
    json.put("toolVersion", point.getToolVersion());
    json.put("serverVersion", point.getServerVersion());
    if (point.getProvenAt() != null) {
      json.put("provenAt", point.getProvenAt().toString());
    }
    if (!point.getParts().isEmpty()) {
      ArrayNode parts = json.putArray("parts");
      point.getParts().forEach(part -> parts.add(part(part)));
    }
    if (point.getBaseline() != null) {
      json.set("baseline", baseline(point.getBaseline()));
    }
    return MAPPER.writeValueAsBytes(json);
  }

  private static ObjectNode part(DumpPart part) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("file", part.getFile());
    json.put("table", part.getTable());
    json.put("rows", part.getRows());
    json.put("sizeBytes", part.getSizeBytes());
    json.put("sha256", part.getSha256());
    return json;
  }

  static ObjectNode baseline(Baseline baseline) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("platform", baseline.getPlatform());
    json.put("component", baseline.getComponent());
    json.put("kind", baseline.getKind().name());
    json.put("source", baseline.getSource());
    json.put("takenAt", baseline.getTakenAt().toString());
    ObjectNode counts = json.putObject("counts");
    baseline.getCounts().forEach(count -> counts.put(count.getTable(), count.getRows()));
    json.put("alembicHead", baseline.getAlembicHead());
    json.put("auditCount", baseline.getAuditCount());
    json.put("auditHeadId", baseline.getAuditHeadId());
    json.put("auditHeadHmac", baseline.getAuditHeadHmac());
    json.put("databaseBytes", baseline.getDatabaseBytes());
    if (baseline.getKind() == BaselineKind.CHECKPOINT) {
      json.put("resource", baseline.getResource());
      json.put("bindingEpoch", baseline.getBindingEpoch());
      json.put("signature", baseline.getSignature());
    }
    return json;
  }

  /**
   * @throws IOException when it is no JSON, or a field is missing or wrong, naming the field
   */
  static RestorePoint read(byte[] bytes) throws IOException {
    JsonNode json = MAPPER.readTree(bytes);
    if (json == null || !json.isObject()) {
      throw new IOException("is no JSON object");
    }
    return RestorePoint.newBuilder()
        .setId(text(json, "id"))
        .setPlatform(text(json, "platform"))
        .setComponent(text(json, "component"))
        .setKind(symbol(RestorePointKind.class, json, "kind"))
        .setState(symbol(RestorePointState.class, json, "state"))
        .setTakenAt(moment(json, "takenAt"))
        .setFinishedAt(moment(json, "finishedAt"))
        .setLocation(text(json, "location"))
        .setFormat(text(json, "format"))
        .setSizeBytes(number(json, "sizeBytes"))
        .setSha256(text(json, "sha256"))
        .setToolVersion(text(json, "toolVersion"))
        .setServerVersion(text(json, "serverVersion"))
        .setProvenAt(json.has("provenAt") ? moment(json, "provenAt") : null)
        .setParts(parts(json))
        .setBaseline(json.has("baseline") ? baseline(json.get("baseline")) : null)
        .build();
  }

  private static List<DumpPart> parts(JsonNode json) throws IOException {
    List<DumpPart> parts = new ArrayList<>();
    for (JsonNode each : json.path("parts")) {
      String file = text(each, "file");
      if (!PLAIN_NAME.matcher(file).matches()) {
        throw new IOException("parts.file: '" + file + "' is no name of a file beside the dump");
      }
      String table = text(each, "table");
      if (!TABLE.matcher(table).matches()) {
        throw new IOException(
            "parts.table: '" + table + "' is no name of a table, such as public.\"Orders\"");
      }
      parts.add(
          DumpPart.newBuilder()
              .setFile(file)
              .setTable(table)
              .setRows(number(each, "rows"))
              .setSizeBytes(number(each, "sizeBytes"))
              .setSha256(text(each, "sha256"))
              .build());
    }
    return parts;
  }

  /**
   * @throws IOException when it is no JSON, or a field is missing or wrong, naming the field
   */
  static Baseline readBaseline(String text) throws IOException {
    JsonNode json = MAPPER.readTree(text);
    if (json == null || !json.isObject()) {
      throw new IOException("is no JSON object");
    }
    return baseline(json);
  }

  private static Baseline baseline(JsonNode json) throws IOException {
    JsonNode counts = json.path("counts");
    if (!counts.isObject()) {
      throw new IOException("baseline.counts: is missing or no object");
    }
    List<TableCount> tables = new ArrayList<>();
    for (var entry : counts.properties()) {
      tables.add(new TableCount(entry.getKey(), number(counts, entry.getKey())));
    }
    BaselineKind kind = symbol(BaselineKind.class, json, "kind");
    boolean signed = kind == BaselineKind.CHECKPOINT;
    return Baseline.newBuilder()
        .setPlatform(text(json, "platform"))
        .setComponent(text(json, "component"))
        .setKind(kind)
        .setSource(text(json, "source"))
        .setTakenAt(moment(json, "takenAt"))
        .setCounts(tables)
        .setAlembicHead(text(json, "alembicHead"))
        .setAuditCount(number(json, "auditCount"))
        .setAuditHeadId(number(json, "auditHeadId"))
        .setAuditHeadHmac(text(json, "auditHeadHmac"))
        .setDatabaseBytes(number(json, "databaseBytes"))
        .setResource(signed ? text(json, "resource") : "")
        .setBindingEpoch(signed ? number(json, "bindingEpoch") : 0)
        .setSignature(signed ? text(json, "signature") : "")
        .build();
  }

  private static String text(JsonNode json, String field) throws IOException {
    JsonNode value = json.path(field);
    if (!value.isTextual()) {
      throw new IOException(field + ": is missing or no text");
    }
    return value.textValue();
  }

  private static long number(JsonNode json, String field) throws IOException {
    JsonNode value = json.path(field);
    if (!value.canConvertToLong() || !value.isIntegralNumber() || value.longValue() < 0) {
      throw new IOException(field + ": is missing or no whole number from 0");
    }
    return value.longValue();
  }

  private static Instant moment(JsonNode json, String field) throws IOException {
    try {
      return Instant.parse(text(json, field));
    } catch (DateTimeParseException e) {
      throw new IOException(field + ": is no UTC moment such as 2026-03-10T14:30:00.123456Z", e);
    }
  }

  private static <E extends Enum<E>> E symbol(Class<E> type, JsonNode json, String field)
      throws IOException {
    String value = text(json, field);
    try {
      return Enum.valueOf(type, value);
    } catch (IllegalArgumentException e) {
      throw new IOException(
          field + ": '" + value + "' is none of " + List.of(type.getEnumConstants()), e);
    }
  }
}
