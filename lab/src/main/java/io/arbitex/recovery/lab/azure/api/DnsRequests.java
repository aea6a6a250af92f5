package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.azure.dns.RecordSet;
import io.arbitex.recovery.lab.azure.dns.RecordType;
import io.arbitex.recovery.lab.azure.dns.Zone;
import io.arbitex.recovery.lab.azure.dns.Zones;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** What becomes of a request for zones and record sets. */
public final class DnsRequests implements Provider {
  private static final String PUBLIC = "dnszones";
  private static final String PRIVATE = "privatednszones";
  private static final Set<String> EVERYTHING = Set.of("recordsets", "all");
  private static final String NAME = "@|(\\*|[a-z0-9_-]{1,63})(\\.[a-z0-9_-]{1,63})*";
  private static final Map<String, String> NO_METADATA = Map.of();

  private final Zones zones;
  private final RecordSetDocument documents;

  public DnsRequests(Zones zones, String subscription) {
    this.zones = zones;
    this.documents = new RecordSetDocument(subscription);
  }

  @Override
  public boolean has(ArmPath path) {
    return path.namespace() == Namespace.NETWORK
        && Set.of(PUBLIC, PRIVATE).contains(path.type().split("/")[0]);
  }

  /** No operation here takes long. */
  @Override
  public Optional<ObjectNode> at(ArmPath path) {
    return Optional.empty();
  }

  @Override
  public synchronized ArmAnswer answer(ArmRequest request, String base) {
    ArmPath path = request.path();
    boolean isPrivate = path.type().startsWith(PRIVATE);
    String[] types = path.type().split("/");
    if (types.length == 1) {
      return zones(request, isPrivate);
    }
    Zone zone =
        zones
            .find(isPrivate, path.resourceGroup(), path.top())
            .orElseThrow(
                () ->
                    ArmFailure.of(
                        404,
                        "ParentResourceNotFound",
                        "Can not perform requested operation on nested resource. Parent resource '"
                            + path.top()
                            + "' not found."));
    if (!path.isOne()) {
      return list(request, zone, types[1]);
    }
    RecordType type = type(types[1]);
    String name = path.child().toLowerCase(Locale.ROOT);
    Optional<RecordSet> before = zones.find(zone, type, name);
    return switch (request.method()) {
      case "GET" -> told(200, before.orElseThrow(() -> notFound(path)));
      case "PUT" -> {
        check(request, before);
        RecordSet after =
            changed(request, new RecordSet(zone, type, name, 0, List.of(), NO_METADATA, ""));
        refuseBeside(after);
        zones.put(after);
        yield told(before.isPresent() ? 200 : 201, after);
      }
      case "PATCH" -> {
        RecordSet there = before.orElseThrow(() -> notFound(path));
        check(request, before);
        RecordSet after = changed(request, there);
        zones.put(after);
        yield told(200, after);
      }
      case "DELETE" -> {
        check(request, before);
        before.ifPresent(zones::remove);
        yield ArmAnswer.of(before.isPresent() ? 200 : 204, null);
      }
      default -> throw request.notAllowed();
    };
  }

  private ArmAnswer zones(ArmRequest request, boolean isPrivate) {
    ArmPath path = request.path();
    if (!request.method().equals("GET")) {
      throw request.notAllowed();
    }
    if (path.isOne()) {
      return ArmAnswer.of(
          200,
          zones
              .find(isPrivate, path.resourceGroup(), path.top())
              .map(this::document)
              .orElseThrow(() -> notFound(path)));
    }
    return ArmAnswer.list(
        zones.all().stream()
            .filter(each -> each.isPrivate() == isPrivate)
            .filter(
                each ->
                    path.resourceGroup().isEmpty()
                        || each.resourceGroup().equalsIgnoreCase(path.resourceGroup()))
            .map(this::document)
            .toList());
  }

  private ObjectNode document(Zone zone) {
    return documents.zone(zone, zones.of(zone).size());
  }

  private ArmAnswer list(ArmRequest request, Zone zone, String which) {
    if (!request.method().equals("GET")) {
      throw request.notAllowed();
    }
    return ArmAnswer.list(
        zones.of(zone).stream()
            .filter(each -> EVERYTHING.contains(which) || each.type() == type(which))
            .map(documents::recordSet)
            .toList());
  }

  private ArmAnswer told(int status, RecordSet set) {
    return new ArmAnswer(status, Map.of("ETag", set.etag()), documents.recordSet(set));
  }

  private static RecordType type(String text) {
    return Arrays.stream(RecordType.values())
        .filter(each -> each.name().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () -> RecordSetDocument.badRequest("The lab has no records of type " + text + "."));
  }

  /** That nobody else has changed it since the client looked. */
  private static void check(ArmRequest request, Optional<RecordSet> before) {
    String wanted = request.ifMatch() == null ? null : request.ifMatch().replace("\"", "");
    if (wanted != null
        && before.filter(it -> wanted.equals("*") || wanted.equals(it.etag())).isEmpty()) {
      throw precondition("If-Match", wanted, before);
    }
    if ("*".equals(request.ifNoneMatch()) && before.isPresent()) {
      throw precondition("If-None-Match", "*", before);
    }
  }

  private static ArmFailure precondition(String header, String wanted, Optional<RecordSet> before) {
    return ArmFailure.of(
        412,
        "PreconditionFailed",
        "The condition '"
            + wanted
            + "' in the "
            + header
            + " header was not satisfied. The current was '"
            + before.map(RecordSet::etag).orElse("")
            + "'.");
  }

  /** The set as the request wants it; what it does not name stays. */
  private static RecordSet changed(ArmRequest request, RecordSet before) {
    if (!before.name().matches(NAME)) {
      throw RecordSetDocument.badRequest("'" + before.name() + "' is no name for a record set.");
    }
    JsonNode properties = request.properties();
    JsonNode alias = RecordSetDocument.property(properties, "targetResource");
    if (alias != null && alias.hasNonNull("id")) {
      throw RecordSetDocument.badRequest("The lab has no alias records.");
    }
    JsonNode ttl = RecordSetDocument.property(properties, "ttl");
    long seconds = ttl == null ? before.ttl() : ttl.asLong();
    if (seconds < 1 || seconds > Integer.MAX_VALUE) {
      throw RecordSetDocument.badRequest("A record set has a TTL from 1 to 2147483647 seconds.");
    }
    List<List<String>> values = RecordSetDocument.values(before.type(), properties);
    if (values == null) {
      values = before.values();
    }
    if (before.type() == RecordType.CNAME && values.isEmpty()) {
      throw RecordSetDocument.badRequest("A CNAME record set has a record.");
    }
    JsonNode noted = RecordSetDocument.property(properties, "metadata");
    Map<String, String> metadata = new HashMap<>();
    if (noted != null) {
      noted.properties().forEach(each -> metadata.put(each.getKey(), each.getValue().asText()));
    }
    return new RecordSet(
        before.zone(),
        before.type(),
        before.name(),
        seconds,
        values,
        noted == null ? before.metadata() : metadata,
        UUID.randomUUID().toString());
  }

  /** A CNAME stands alone at its name, and never at the zone's own. */
  private void refuseBeside(RecordSet set) {
    if (set.type() == RecordType.CNAME && set.name().equals("@")) {
      throw RecordSetDocument.badRequest("A CNAME cannot be at the zone's own name.");
    }
    for (RecordType other : RecordType.values()) {
      boolean meets = (set.type() == RecordType.CNAME) != (other == RecordType.CNAME);
      if (meets && zones.find(set.zone(), other, set.name()).isPresent()) {
        throw ArmFailure.of(
            409,
            "Conflict",
            "The record could not be created because a record with the same name already exists.");
      }
    }
  }

  private static ArmFailure notFound(ArmPath path) {
    return ArmFailure.notFound(
        path.namespace().text() + "/" + path.type() + "/" + path.lastName(), path.resourceGroup());
  }
}
