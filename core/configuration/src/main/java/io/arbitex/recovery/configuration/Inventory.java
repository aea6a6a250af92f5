package io.arbitex.recovery.configuration;

import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is protected ({@code platform.yaml}). Read by every service.
 *
 * @param text the file as it was read; it goes into the decision log and holds no secret
 */
public record Inventory(List<Platform> platforms, String text) {
  private static final String PITR = "postgresql.pitr";

  /**
   * One protected installation: a region, a cell.
   *
   * @param kubernetes where its workloads run; empty where nothing goes through a cluster
   * @param azure the subscription of its managed resources; empty where it has none
   * @param firstLine of its part in the file, from 1
   * @param endLine behind its part
   */
  public record Platform(
      String name,
      List<String> observers,
      Endpoints endpoints,
      Optional<Kubernetes> kubernetes,
      Optional<Azure> azure,
      List<Component> components,
      int firstLine,
      int endLine) {

    public Optional<Component> component(String component) {
      return components.stream().filter(each -> each.name().equals(component)).findFirst();
    }

    /** The managed cluster that its workloads run in; empty where that is no component. */
    public Optional<Component> managedCluster() {
      return components.stream().filter(each -> each.cluster().isPresent()).findFirst();
    }

    /** The same platform, with its workloads in another cluster. */
    public Platform boundTo(Kubeconfig another) {
      return new Platform(
          name,
          observers,
          endpoints,
          kubernetes.map(each -> each.boundTo(another)),
          azure,
          components,
          firstLine,
          endLine);
    }
  }

  /**
   * Where the platform is asked how it is.
   *
   * @param health public health endpoints, each must answer 200
   * @param auditVerify the platform's own check of its audit chain
   */
  public record Endpoints(
      List<String> health,
      Optional<String> auditVerify,
      SecretReference adminToken,
      SecretReference auditKey) {}

  /**
   * One part that can fail by itself.
   *
   * @param kind {@code postgresql}, {@code redis}, {@code pvc}, {@code aks} or {@code endpoint}
   * @param dataStore whether its loss is the loss of a data store (severity P1) or not (P2)
   * @param procedures what can bring it back here, in no order
   * @param alerts which alerts of monitoring systems are about it
   */
  public record Component(
      String name,
      String kind,
      boolean dataStore,
      List<String> procedures,
      List<AlertMatch> alerts,
      Optional<Postgresql> postgresql,
      Optional<Redis> redis,
      Optional<Volume> volume,
      Optional<Cluster> cluster) {
    /** The managed cluster that the platform's workloads run in. */
    public static final String AKS = "aks";

    /**
     * The public health endpoints, as the platform's customers find them. No store, no recovery.
     */
    public static final String ENDPOINT = "endpoint";

    /** One that is no cluster. */
    public Component(
        String name,
        String kind,
        boolean dataStore,
        List<String> procedures,
        List<AlertMatch> alerts,
        Optional<Postgresql> postgresql,
        Optional<Redis> redis,
        Optional<Volume> volume) {
      this(name, kind, dataStore, procedures, alerts, postgresql, redis, volume, Optional.empty());
    }

    /** The resource that is the component until {@code recovery.bindings} says otherwise. */
    public String resource() {
      return postgresql
          .map(Postgresql::resource)
          .or(() -> redis.map(Redis::resource))
          .or(() -> volume.map(Volume::claim))
          .or(() -> cluster.map(Cluster::name))
          .orElse(name);
    }
  }

  /**
   * A PostgreSQL database and what its recovery needs.
   *
   * @param resource the server that is the component until {@code recovery.bindings} says otherwise
   * @param restoreTo servers on which a fresh database may be made, in order of preference
   * @param applicationRole the role of the platform; it owns nothing and may log in
   * @param connectionSecret where the platform reads its connection from
   * @param backups folders with dumps and their manifests; copies outside of the region too
   * @param tools folder of pg_restore, pg_dump and pg_amcheck
   * @param keeps share of its rows that a critical table must keep from one full check to the next,
   *     0 to 1, by table; what is not named keeps 0.9
   * @param salvage folder for what a living source holds beyond the restore point; empty where
   *     nothing is exported
   * @param keyVault where the database URL stands too; empty for nowhere
   * @param dns the record that names the server; empty for none
   */
  public record Postgresql(
      String database,
      String resource,
      List<Server> servers,
      List<String> restoreTo,
      String applicationRole,
      ConnectionSecret connectionSecret,
      List<Path> backups,
      Path tools,
      List<String> criticalTables,
      Map<String, Double> keeps,
      Optional<Path> salvage,
      Optional<KeyVault> keyVault,
      Optional<DnsRecord> dns) {

    /** A database of which nothing stands in Azure. */
    public Postgresql(
        String database,
        String resource,
        List<Server> servers,
        List<String> restoreTo,
        String applicationRole,
        ConnectionSecret connectionSecret,
        List<Path> backups,
        Path tools,
        List<String> criticalTables,
        Map<String, Double> keeps,
        Optional<Path> salvage) {
      this(
          database,
          resource,
          servers,
          restoreTo,
          applicationRole,
          connectionSecret,
          backups,
          tools,
          criticalTables,
          keeps,
          salvage,
          Optional.empty(),
          Optional.empty());
    }

    public Optional<Server> server(String name) {
      return servers.stream().filter(each -> each.name().equals(name)).findFirst();
    }

    /**
     * A server that is not in the inventory, since a recovery made it of one that is.
     *
     * @param like the server of the inventory whose roles and passwords it has
     * @param port where it answers
     * @return empty when the inventory has no such server
     */
    public Optional<Server> restored(String name, String like, String host, int port) {
      return server(like)
          .map(
              of ->
                  new Server(
                      name,
                      host,
                      port,
                      of.sslMode(),
                      of.adminUser(),
                      of.password(),
                      Optional.of(name)));
    }
  }

  /**
   * A PostgreSQL server and the role that may make databases and roles on it.
   *
   * @param flexibleServer its name in Azure; empty for one that Azure does not run
   */
  public record Server(
      String name,
      String host,
      int port,
      String sslMode,
      String adminUser,
      SecretReference password,
      Optional<String> flexibleServer) {

    /** A server that Azure does not run. */
    public Server(
        String name,
        String host,
        int port,
        String sslMode,
        String adminUser,
        SecretReference password) {
      this(name, host, port, sslMode, adminUser, password, Optional.empty());
    }
  }

  /**
   * An inventory of one platform alone, as text: what the decision log of that platform needs. The
   * whole text where the part cannot be cut out by lines.
   */
  public String textOf(String name) {
    Optional<Platform> platform = platform(name);
    if (platform.isEmpty()) {
      return text;
    }
    List<String> lines = text.lines().toList();
    int from = platform.get().firstLine() - 1;
    int to = Math.min(platform.get().endLine() - 1, lines.size());
    // The parser says where the next thing begins, which may be a line later at the end of the
    // file.
    for (int end = to; end <= Math.min(to + 1, lines.size()); end++) {
      String part = "platforms:\n" + String.join("\n", lines.subList(from, end)) + "\n";
      if (isWhole(part, platform.get())) {
        return part;
      }
    }
    return text;
  }

  private static boolean isWhole(String part, Platform platform) {
    try {
      List<Platform> read = parse("part", Path.of("/"), part).platforms();
      return read.size() == 1 && read.get(0).components().size() == platform.components().size();
    } catch (InvalidConfiguration e) {
      return false;
    }
  }

  public Optional<Platform> platform(String name) {
    return platforms.stream().filter(each -> each.name().equals(name)).findFirst();
  }

  /**
   * Reads an inventory.
   *
   * @throws InvalidConfiguration with every mistake
   */
  public static Inventory read(Path file) throws InvalidConfiguration {
    List<Platform> platforms = YamlDocument.read(file, Inventory::platforms);
    return new Inventory(platforms, YamlText.of(file));
  }

  /** Reads an inventory from a text, for replay. */
  public static Inventory parse(String file, Path folder, String text) throws InvalidConfiguration {
    return new Inventory(YamlDocument.read(file, folder, text, Inventory::platforms), text);
  }

  private static List<Platform> platforms(Section root) {
    Set<String> names = new HashSet<>();
    return root.requiredSections("platforms").stream()
        .map(
            section -> {
              Platform platform = platform(section);
              if (!names.add(platform.name())) {
                section.problem("name", "'" + platform.name() + "' is there twice");
              }
              return platform;
            })
        .toList();
  }

  private static Platform platform(Section section) {
    String name = section.name("name");
    List<String> observers = section.requiredTexts("observers");
    if (new HashSet<>(observers).size() != observers.size()) {
      section.problem("observers", "an observer is there twice");
    }
    Section endpoints = section.requiredSection("endpoints");
    Endpoints read =
        new Endpoints(
            health(endpoints),
            endpoints.optionalText("auditVerify"),
            endpoints.secret("adminToken"),
            endpoints.secret("auditKey"));
    endpoints.close();
    Section cluster = section.section("kubernetes");
    // Wrong ones are told where they stand; only that there are none is told below.
    boolean writers = cluster.has("writers");
    Optional<Kubernetes> kubernetes =
        section.has("kubernetes") ? Optional.of(Kubernetes.of(cluster)) : Optional.empty();
    Optional<Azure> azure =
        section.has("azure") ? Optional.of(Azure.of(section.section("azure"))) : Optional.empty();
    Set<String> names = new HashSet<>();
    Set<String> claims = new HashSet<>();
    List<Component> components =
        section.requiredSections("components").stream()
            .map(
                each -> {
                  Component component = component(each);
                  if (!names.add(component.name())) {
                    each.problem("name", "'" + component.name() + "' is there twice");
                  }
                  if (claim(component).filter(claim -> !claims.add(claim)).isPresent()) {
                    // Its data would be restored twice, the second time over the first.
                    each.problem(
                        "name",
                        "'"
                            + component.name()
                            + "' is on the claim "
                            + claim(component).orElseThrow()
                            + ", which another component has: name one of them, so a Redis or its"
                            + " volume");
                  }
                  if (component.redis().isPresent() && kubernetes.isEmpty()) {
                    each.problem("kind", "a redis needs the platform's 'kubernetes'");
                  }
                  if (component.volume().isPresent() && kubernetes.isEmpty()) {
                    each.problem("kind", "a pvc needs the platform's 'kubernetes'");
                  }
                  if (component.volume().isPresent() && azure.isEmpty()) {
                    each.problem("kind", "a pvc needs the platform's 'azure'");
                  }
                  component
                      .cluster()
                      .ifPresent(at -> at.check(each, kubernetes.isPresent(), azure));
                  if (keptInCluster(component) && !writers) {
                    each.problem(
                        "postgresql",
                        "a connectionSecret in the cluster needs the platform's"
                            + " 'kubernetes.writers': pods read it when they start");
                  }
                  if (component.procedures().contains(PITR) && azure.isEmpty()) {
                    each.problem("procedures", PITR + " needs the platform's 'azure'");
                  }
                  if (standsInAzure(component)) {
                    inAzure(
                        each.section("postgresql"), component.postgresql().orElseThrow(), azure);
                  }
                  return component;
                })
            .toList();
    atMostOne(section, components, Component.AKS);
    atMostOne(section, components, Component.ENDPOINT);
    components.stream()
        .flatMap(each -> each.cluster().stream())
        .forEach(it -> components.forEach(each -> it.checkOrigin(section, each)));
    section.passOver("kubernetes");
    section.close();
    return new Platform(
        name,
        observers,
        read,
        kubernetes,
        azure,
        components,
        section.firstLine(),
        section.endLine());
  }

  private static List<String> health(Section endpoints) {
    List<String> addresses = endpoints.requiredTexts("health");
    for (String address : addresses) {
      if (!isWebAddress(address)) {
        endpoints.problem("health", "'" + address + "' is no http:// or https:// address");
      }
    }
    return addresses;
  }

  private static boolean isWebAddress(String text) {
    try {
      URI uri = new URI(text);
      return uri.getHost() != null
          && ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme()));
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /** Nothing tells two of them apart: the platform has one cluster and one public face. */
  private static void atMostOne(Section section, List<Component> components, String kind) {
    long found = components.stream().filter(each -> each.kind().equals(kind)).count();
    if (found > 1) {
      section.problem("components", "more than one is of kind '" + kind + "'");
    }
    boolean cluster = components.stream().anyMatch(each -> each.kind().equals(Component.AKS));
    // A kind that cannot be read may be the one that is meant.
    boolean allKnown = components.stream().noneMatch(each -> each.kind().isEmpty());
    if (cluster && allKnown && kind.equals(Component.ENDPOINT) && found == 0) {
      section.problem(
          "components",
          "a component of kind 'aks' needs one of kind 'endpoint': a cluster counts as lost only"
              + " when the public health is down too");
    }
  }

  private static boolean standsInAzure(Component component) {
    return component
        .postgresql()
        .filter(found -> found.keyVault().isPresent() || found.dns().isPresent())
        .isPresent();
  }

  private static void inAzure(Section section, Postgresql postgresql, Optional<Azure> azure) {
    if (azure.isEmpty()) {
      for (String field : List.of("keyVault", "dns")) {
        if (section.has(field)) {
          section.problem(field, "needs the platform's 'azure'");
        }
      }
    } else if (postgresql.keyVault().filter(KeyVault::isReadable).isPresent()) {
      postgresql.keyVault().get().check(section.section("keyVault"), azure.get());
    }
  }

  /** The claim that a component's data is on, where it names one. */
  private static Optional<String> claim(Component component) {
    return component.redis().map(Redis::claim).or(() -> component.volume().map(Volume::claim));
  }

  private static boolean keptInCluster(Component component) {
    return component
        .postgresql()
        .filter(found -> found.connectionSecret() instanceof ConnectionSecret.InCluster)
        .isPresent();
  }

  private static Component component(Section section) {
    String name = section.name("name");
    String kind = section.text("kind");
    boolean dataStore = section.flag("dataStore", !kind.equals(Component.ENDPOINT));
    List<String> procedures = section.texts("procedures");
    List<AlertMatch> alerts = section.sections("alerts").stream().map(AlertMatch::of).toList();
    Optional<Postgresql> postgresql = Optional.empty();
    Optional<Redis> redis = Optional.empty();
    Optional<Volume> volume = Optional.empty();
    Optional<Cluster> cluster = Optional.empty();
    if (kind.equals("postgresql")) {
      postgresql = Optional.of(postgresql(section.requiredSection("postgresql")));
      if (procedures.contains(PITR)
          && postgresql.get().servers().stream().allMatch(at -> at.flexibleServer().isEmpty())) {
        section.problem("procedures", PITR + " needs a server with its 'flexibleServer'");
      }
    } else if (kind.equals("redis")) {
      redis = Optional.of(Redis.of(section.requiredSection("redis")));
    } else if (kind.equals("pvc")) {
      volume = Optional.of(Volume.of(section.requiredSection("volume")));
    } else if (kind.equals(Component.AKS)) {
      cluster = Optional.of(Cluster.of(section.requiredSection("cluster"), procedures));
    } else if (kind.equals(Component.ENDPOINT)) {
      if (dataStore || !procedures.isEmpty()) {
        section.problem("kind", "an endpoint is no data store and has no procedures");
      }
    } else {
      section.passOver("postgresql", "redis", "volume", "cluster");
      if (!kind.isEmpty()) {
        section.problem(
            "kind", "'" + kind + "' is none of [postgresql, redis, pvc, aks, endpoint]");
      }
    }
    section.close();
    return new Component(
        name, kind, dataStore, procedures, alerts, postgresql, redis, volume, cluster);
  }

  private static Postgresql postgresql(Section section) {
    List<Server> servers =
        section.requiredSections("servers").stream().map(Inventory::server).toList();
    Set<String> names = new HashSet<>();
    servers.forEach(
        server -> {
          if (!names.add(server.name())) {
            section.problem("servers", "'" + server.name() + "' is there twice");
          }
        });
    String resource = section.text("resource");
    // A server whose name cannot be read may be the one that is meant.
    boolean allNamed = !names.contains("");
    if (allNamed && !resource.isEmpty() && !names.contains(resource)) {
      section.problem("resource", "'" + resource + "' is none of the servers " + names);
    }
    List<String> restoreTo = section.requiredTexts("restoreTo");
    for (String target : restoreTo) {
      if (allNamed && !names.contains(target)) {
        section.problem("restoreTo", "'" + target + "' is none of the servers " + names);
      }
    }
    List<String> criticalTables = section.requiredTexts("criticalTables");
    Postgresql read =
        new Postgresql(
            section.text("database"),
            resource,
            servers,
            restoreTo,
            section.text("applicationRole"),
            section.connectionSecret("connectionSecret"),
            section.paths("backups"),
            section.path("tools"),
            criticalTables,
            keeps(
                section.section("keeps"),
                criticalTables,
                // A table whose name cannot be read may be the one that is meant.
                criticalTables.size() == section.items("criticalTables")),
            section.has("salvage") ? Optional.of(section.path("salvage")) : Optional.empty(),
            section.has("keyVault")
                ? Optional.of(KeyVault.of(section.section("keyVault")))
                : Optional.empty(),
            section.has("dns")
                ? Optional.of(DnsRecord.of(section.section("dns"), servers))
                : Optional.empty());
    // So that a misspelt field is told with all that is known here.
    section.passOver("salvage", "keyVault", "dns");
    section.close();
    return read;
  }

  private static Map<String, Double> keeps(
      Section section, List<String> criticalTables, boolean allNamed) {
    Map<String, Double> keeps = new HashMap<>();
    for (String table : section.names()) {
      keeps.put(table, section.fraction(table, 0.9, 0, 1));
      if (allNamed && !criticalTables.contains(table)) {
        section.problem(table, "is none of the criticalTables " + criticalTables);
      }
    }
    section.close();
    return Map.copyOf(keeps);
  }

  private static Server server(Section section) {
    Server server =
        new Server(
            section.name("name"),
            section.text("host"),
            section.integer("port", 1, 65_535),
            section.text("sslMode", "prefer"),
            section.text("adminUser"),
            section.secret("adminPassword"),
            section.optionalText("flexibleServer"));
    section.close();
    return server;
  }
}
