package io.arbitex.recovery.executors.helm;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.arbitex.recovery.configuration.Workload;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import io.arbitex.recovery.schemas.Digests;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** What a chart makes, before it is made. */
public final class Rendered {
  /** Kinds that run something. */
  private static final Set<String> RUNNING =
      Set.of(
          "Pod",
          "ReplicaSet",
          "ReplicationController",
          "Deployment",
          "StatefulSet",
          "DaemonSet",
          "Job",
          "CronJob");

  /** Of these, what the API server refuses at their making while a namespace is held. */
  private static final List<String> AT_ONCE = List.of("Pod", "Job");

  private static final YAMLMapper YAML = new YAMLMapper();

  private final String chart;
  private final String digest;
  private final List<JsonNode> objects;
  private final String namespace;

  private Rendered(String chart, String digest, List<JsonNode> objects, String namespace) {
    this.chart = chart;
    this.digest = digest;
    this.objects = objects;
    this.namespace = namespace;
  }

  /**
   * @param namespace of the release: objects that name none are made there
   * @throws ActionFailure PREFLIGHT for what is no YAML
   */
  static Rendered of(HelmAnswer answer, String namespace) throws ActionFailure {
    List<JsonNode> objects = new ArrayList<>();
    try (MappingIterator<JsonNode> documents =
        YAML.readerFor(JsonNode.class).readValues(answer.manifest())) {
      while (documents.hasNext()) {
        add(objects, documents.next());
      }
      JsonNode chart = YAML.readTree(answer.chart());
      return new Rendered(
          chart.path("name").asText() + "-" + chart.path("version").asText(),
          Digests.sha256(answer.manifest()),
          objects,
          namespace);
    } catch (IOException e) {
      // The reader's own words quote lines, perhaps of a Secret.
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "what the chart renders to is no YAML" + place(e),
          "Correct the chart: `helm template` shows it.");
    }
  }

  private static String place(IOException e) {
    return e instanceof JsonProcessingException found && found.getLocation() != null
        ? ", in line " + found.getLocation().getLineNr()
        : "";
  }

  private static void add(List<JsonNode> objects, JsonNode document) {
    if (document.path("kind").asText().equals("List")) {
      document.path("items").forEach(each -> add(objects, each));
    } else if (document.hasNonNull("kind")) {
      objects.add(document);
    }
  }

  /** Name and version of the chart, as Helm writes them. */
  public String chart() {
    return chart;
  }

  /** Of all that it makes: another one is another platform. */
  public String digest() {
    return digest;
  }

  public boolean has(Workload workload) {
    return objects.stream()
        .filter(each -> each.path("kind").asText().equalsIgnoreCase(workload.kind().name()))
        .filter(each -> namespace(each).equals(namespace))
        .anyMatch(each -> name(each).equals(workload.name()));
  }

  public boolean hasService(String in, String service) {
    return objects.stream()
        .filter(each -> each.path("kind").asText().equals("Service"))
        .anyMatch(each -> namespace(each).equals(in) && name(each).equals(service));
  }

  /** Names of the Secrets of the release's namespace. */
  public Set<String> secrets() {
    return names("Secret");
  }

  /** Claims of the release's namespace: its own, and those that its StatefulSets make. */
  public Set<String> claims() {
    Set<String> claims = new LinkedHashSet<>(names("PersistentVolumeClaim"));
    for (JsonNode each : objects) {
      if (each.path("kind").asText().equals("StatefulSet") && namespace(each).equals(namespace)) {
        int replicas = each.at("/spec/replicas").asInt(1);
        for (JsonNode template : each.at("/spec/volumeClaimTemplates")) {
          for (int i = 0; i < replicas; i++) {
            claims.add(name(template) + "-" + name(each) + "-" + i);
          }
        }
      }
    }
    return claims;
  }

  /** What would run outside of the release's namespace, where nothing holds it. */
  public Set<String> runningElsewhere() {
    Set<String> elsewhere = new TreeSet<>();
    for (JsonNode each : objects) {
      String kind = each.path("kind").asText();
      if (RUNNING.contains(kind) && !namespace(each).equals(namespace)) {
        elsewhere.add(kind + " " + namespace(each) + "/" + name(each));
      }
    }
    return elsewhere;
  }

  /** Pods and Jobs of the release's namespace: the platform is held when they are made. */
  public Set<String> runningAtOnce() {
    Set<String> running = new TreeSet<>();
    for (String kind : AT_ONCE) {
      names(kind).forEach(name -> running.add(kind + " " + name));
    }
    return running;
  }

  /** Whether it makes the namespace itself, which is there before it. */
  public boolean hasNamespace() {
    return objects.stream()
        .filter(each -> each.path("kind").asText().equals("Namespace"))
        .anyMatch(each -> name(each).equals(namespace));
  }

  public int size() {
    return objects.size();
  }

  private Set<String> names(String kind) {
    Set<String> names = new LinkedHashSet<>();
    for (JsonNode each : objects) {
      if (each.path("kind").asText().equals(kind) && namespace(each).equals(namespace)) {
        names.add(name(each));
      }
    }
    return names;
  }

  private static String name(JsonNode object) {
    return object.at("/metadata/name").asText();
  }

  private String namespace(JsonNode object) {
    return object.at("/metadata/namespace").asText(namespace);
  }
}
