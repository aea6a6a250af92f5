package io.arbitex.recovery.lab.azure.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Operations;
import io.arbitex.recovery.lab.azure.postgresql.BaseBackup;
import io.arbitex.recovery.lab.azure.servers.CreateServer;
import io.arbitex.recovery.lab.azure.servers.FlexibleServer;
import io.arbitex.recovery.lab.azure.servers.RestoreServer;
import io.arbitex.recovery.lab.azure.servers.ServerState;
import io.arbitex.recovery.lab.azure.servers.Servers;
import io.arbitex.recovery.lab.azure.servers.Shape;
import java.io.IOException;
import java.time.Clock;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;

/** PUT of a server: a new one, empty or restored to a moment. */
final class NewServers {
  private static final String NAME = "[a-z0-9][a-z0-9-]{1,61}[a-z0-9]";
  private static final Set<String> RESERVED =
      Set.of(
          "azure_superuser",
          "azure_pg_admin",
          "azuresu",
          "postgres",
          "admin",
          "administrator",
          "root",
          "guest",
          "public");

  private final Servers servers;
  private final Resources resources;
  private final Operations operations;
  private final CreateServer create;
  private final Clock clock;

  NewServers(
      Servers servers,
      Resources resources,
      Operations operations,
      CreateServer create,
      Clock clock) {
    this.servers = servers;
    this.resources = resources;
    this.operations = operations;
    this.create = create;
    this.clock = clock;
  }

  /**
   * @param begun what a client is told of the operation
   */
  ArmAnswer put(ArmRequest request, BiFunction<Operation, FlexibleServer, ArmAnswer> begun)
      throws IOException {
    String name = request.path().top();
    if (!name.matches(NAME)) {
      throw ArmFailure.of(
          400,
          "InvalidServerName",
          "'" + name + "' must have 3 to 63 of a-z, 0-9 and -, and not begin or end with -.");
    }
    String mode = request.properties().path("createMode").asText("Default");
    return switch (mode) {
      case "Default", "Create" -> create(request, begun);
      case "PointInTimeRestore" -> restore(request, begun);
      default -> throw ArmFailure.invalid("The lab has no createMode '" + mode + "'.");
    };
  }

  private void refuseTaken(String name) {
    servers
        .named(name)
        .ifPresent(
            other -> {
              throw operations.isBusy(Servers.key(name))
                  ? ArmFailure.busy(name)
                  : ArmFailure.nameTaken(name);
            });
  }

  private ArmAnswer create(
      ArmRequest request, BiFunction<Operation, FlexibleServer, ArmAnswer> begun)
      throws IOException {
    JsonNode properties = request.properties();
    String administrator = properties.path("administratorLogin").asText();
    String password = properties.path("administratorLoginPassword").asText();
    if (!administrator.matches("[A-Za-z][A-Za-z0-9_]{0,62}")
        || administrator.startsWith("pg_")
        || RESERVED.contains(administrator)) {
      throw ArmFailure.invalid("'" + administrator + "' is no name for an administrator.");
    }
    if (password.length() < 8 || password.length() > 128) {
      throw ArmFailure.of(400, "PasswordNotComplex", "The password must have 8 to 128 characters.");
    }
    String version = properties.path("version").asText(servers.settings().version());
    if (!version.equals(servers.settings().version())) {
      throw ArmFailure.invalid(
          "This machine has PostgreSQL " + servers.settings().version() + ", not " + version + ".");
    }
    if (!properties.path("highAvailability").path("mode").asText("Disabled").equals("Disabled")) {
      throw ArmFailure.invalid("The lab gives high availability by PATCH only.");
    }
    String name = request.path().top();
    refuseTaken(name);
    Shape shape =
        new Shape(
            location(request.body()),
            tags(request.body()),
            sku(request.body(), Map.of("name", "Standard_D2ds_v4", "tier", "GeneralPurpose")),
            version,
            administrator,
            properties.path("storage").path("storageSizeGB").asInt(32),
            properties.path("backup").path("backupRetentionDays").asInt(7),
            properties.path("availabilityZone").asText(null));
    FlexibleServer server = servers.reserve(request.path().resourceGroup(), name, shape);
    create.keepPassword(server, password);
    return begun.apply(
        operations.begin(
            Operation.Kind.CREATE,
            Servers.key(name),
            request.path().text(),
            Map.of(),
            request.fate()),
        server);
  }

  private ArmAnswer restore(
      ArmRequest request, BiFunction<Operation, FlexibleServer, ArmAnswer> begun)
      throws IOException {
    String sourceId = request.properties().path("sourceServerResourceId").asText();
    if (!sourceId.startsWith("/")) {
      throw ArmFailure.invalid("sourceServerResourceId is needed for a point-in-time restore.");
    }
    ArmPath sourcePath = ArmPath.of(sourceId);
    if (!sourcePath.type().equals("flexibleservers") || !sourcePath.isOne()) {
      throw ArmFailure.invalid("sourceServerResourceId '" + sourceId + "' is no server.");
    }
    FlexibleServer source = resources.server(sourcePath);
    Instant moment = moment(request.properties().path("pointInTimeUTC").asText());
    String name = request.path().top();
    refuseTaken(name);
    if (source.state() == ServerState.PROVISIONING || source.state() == ServerState.DROPPING) {
      throw ArmFailure.busy(source.name());
    }
    if (!location(request.body()).equalsIgnoreCase(source.shape().location())) {
      throw ArmFailure.invalid("A point-in-time restore stays in the source's location.");
    }
    refuseOutside(moment, resources.backups(source));
    Shape from = source.shape();
    Shape shape =
        new Shape(
            from.location(),
            tags(request.body()),
            sku(request.body(), from.sku()),
            from.version(),
            from.administrator(),
            from.storageGb(),
            from.retentionDays(),
            request.properties().path("availabilityZone").asText(null));
    FlexibleServer server = servers.reserve(request.path().resourceGroup(), name, shape);
    return begun.apply(
        operations.begin(
            Operation.Kind.RESTORE,
            Servers.key(name),
            request.path().text(),
            Map.of(
                RestoreServer.SOURCE,
                Servers.key(source.name()),
                RestoreServer.MOMENT,
                moment.toString()),
            request.fate()),
        server);
  }

  /** What is empty would be a restore of everything, with whatever it was called for. */
  private static Instant moment(String text) {
    if (text.isEmpty()) {
      throw ArmFailure.invalid("pointInTimeUTC is needed for a point-in-time restore.");
    }
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      ArmFailure failure =
          ArmFailure.invalid("pointInTimeUTC '" + text + "' is no time with its zone.");
      failure.initCause(e);
      throw failure;
    }
  }

  private void refuseOutside(Instant moment, List<BaseBackup> backups) {
    if (moment.isAfter(clock.instant())) {
      throw ArmFailure.of(
          400, "PointInTimeInTheFuture", "pointInTimeUTC " + moment + " has not been yet.");
    }
    if (backups.isEmpty()) {
      throw ArmFailure.of(
          400, "NoBackupAvailable", "The source server has no completed backup yet.");
    }
    Instant earliest = backups.get(0).completed();
    if (moment.isBefore(earliest)) {
      throw ArmFailure.of(
          400,
          "PointInTimeBeforeEarliestRestoreDate",
          "pointInTimeUTC " + moment + " is before the earliest restore date " + earliest + ".");
    }
  }

  private static String location(JsonNode body) {
    String location = body.path("location").asText();
    if (location.isEmpty()) {
      throw ArmFailure.of(
          400, "LocationRequired", "The location property is required for this definition.");
    }
    return location;
  }

  private static Map<String, String> tags(JsonNode body) {
    return texts(body.path("tags"), Map.of());
  }

  private static Map<String, String> sku(JsonNode body, Map<String, String> otherwise) {
    return texts(body.path("sku"), otherwise);
  }

  private static Map<String, String> texts(JsonNode object, Map<String, String> otherwise) {
    if (object.isMissingNode()) {
      return otherwise;
    }
    Map<String, String> texts = new HashMap<>();
    object.properties().forEach(each -> texts.put(each.getKey(), each.getValue().asText()));
    return Map.copyOf(texts);
  }
}
