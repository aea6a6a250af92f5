package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.dns.RecordSet;
import io.arbitex.recovery.lab.azure.dns.RecordType;
import io.arbitex.recovery.lab.azure.dns.Zone;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Zones and record sets as Azure tells of them; public and private ones spell them differently. */
final class RecordSetDocument {
  private static final int MOST_SETS = 10_000;

  private final String subscription;

  RecordSetDocument(String subscription) {
    this.subscription = subscription;
  }

  private static String type(Zone zone) {
    return "Microsoft.Network/" + (zone.isPrivate() ? "privateDnsZones" : "dnsZones");
  }

  private String id(Zone zone) {
    return "/subscriptions/"
        + subscription
        + "/resourceGroups/"
        + zone.resourceGroup()
        + "/providers/"
        + type(zone)
        + "/"
        + zone.name();
  }

  /**
   * @param sets how many are in it
   */
  ObjectNode zone(Zone zone, int sets) {
    ObjectNode document =
        ArmAnswer.object()
            .put("id", id(zone))
            .put("name", zone.name())
            .put("type", type(zone))
            .put("location", "global");
    document.putObject("tags");
    ObjectNode properties = document.putObject("properties");
    properties.put("maxNumberOfRecordSets", MOST_SETS).put("numberOfRecordSets", sets);
    if (zone.isPrivate()) {
      properties.put("provisioningState", "Succeeded");
    } else {
      properties.put("zoneType", "Public").putArray("nameServers");
    }
    return document;
  }

  ObjectNode recordSet(RecordSet set) {
    Zone zone = set.zone();
    boolean hidden = zone.isPrivate();
    ObjectNode document =
        ArmAnswer.object()
            .put("id", id(zone) + "/" + set.type() + "/" + set.name())
            .put("name", set.name())
            .put("type", type(zone) + "/" + set.type())
            .put("etag", set.etag());
    ObjectNode properties = document.putObject("properties");
    properties.put(hidden ? "ttl" : "TTL", set.ttl()).put("fqdn", set.fullName() + ".");
    if (hidden) {
      properties.put("isAutoRegistered", false);
    } else {
      properties.put("provisioningState", "Succeeded");
    }
    ObjectNode metadata = properties.putObject("metadata");
    set.metadata().forEach(metadata::put);
    switch (set.type()) {
      case A -> {
        ArrayNode records = properties.putArray(hidden ? "aRecords" : "ARecords");
        set.values().forEach(each -> records.addObject().put("ipv4Address", each.get(0)));
      }
      case CNAME ->
          properties
              .putObject(hidden ? "cnameRecord" : "CNAMERecord")
              .put("cname", set.values().get(0).get(0));
      case TXT -> {
        ArrayNode records = properties.putArray(hidden ? "txtRecords" : "TXTRecords");
        set.values()
            .forEach(
                each -> {
                  ArrayNode texts = records.addObject().putArray("value");
                  each.forEach(texts::add);
                });
      }
    }
    return document;
  }

  /** A property, however its name is spelt; null for none. */
  static JsonNode property(JsonNode properties, String name) {
    for (Map.Entry<String, JsonNode> each : properties.properties()) {
      if (each.getKey().equalsIgnoreCase(name) && !each.getValue().isNull()) {
        return each.getValue();
      }
    }
    return null;
  }

  /**
   * The records that a request names; null when it names none.
   *
   * @throws ArmFailure 400 for a value that the type does not take
   */
  static List<List<String>> values(RecordType type, JsonNode properties) {
    JsonNode records =
        property(properties, type == RecordType.CNAME ? "cnameRecord" : type + "Records");
    if (records == null) {
      return null;
    }
    List<List<String>> values = new ArrayList<>();
    switch (type) {
      case A ->
          records.forEach(each -> values.add(List.of(address(each.path("ipv4Address").asText()))));
      case CNAME -> values.add(List.of(target(records.path("cname").asText())));
      case TXT ->
          records.forEach(
              each -> {
                List<String> texts = new ArrayList<>();
                each.path("value").forEach(text -> texts.add(text.asText()));
                values.add(texts);
              });
    }
    return values;
  }

  private static String address(String text) {
    if (!text.matches("((25[0-5]|2[0-4]\\d|1?\\d?\\d)(\\.(?!$)|$)){4}")) {
      throw badRequest("The value '" + text + "' is no IPv4 address.");
    }
    return text;
  }

  private static String target(String text) {
    if (!text.matches("[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*\\.?")) {
      throw badRequest("The domain name '" + text + "' is not valid.");
    }
    return text;
  }

  static ArmFailure badRequest(String message) {
    return ArmFailure.of(400, "BadRequest", message);
  }
}
