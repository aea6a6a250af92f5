package io.arbitex.recovery.lab.kubernetes.objects;

import static io.arbitex.recovery.lab.kubernetes.objects.Defaults.array;
import static io.arbitex.recovery.lab.kubernetes.objects.Defaults.set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** The defaults of a pod's specification, also where it stands in a template. */
final class PodDefaults {
  /** Of mounted secrets and configuration: 0644. */
  private static final int READABLE = 420;

  private PodDefaults() {}

  static void fill(ObjectNode spec) {
    set(spec, "restartPolicy", "Always");
    set(spec, "dnsPolicy", "ClusterFirst");
    set(spec, "schedulerName", "default-scheduler");
    set(spec, "terminationGracePeriodSeconds", 30);
    if (!spec.has("securityContext")) {
      spec.putObject("securityContext");
    }
    for (String list : List.of("containers", "initContainers")) {
      array(spec, list).forEach(each -> container((ObjectNode) each));
    }
    array(spec, "volumes").forEach(each -> volume((ObjectNode) each));
  }

  private static void container(ObjectNode container) {
    String image = container.path("image").asText();
    boolean latest = image.endsWith(":latest") || !image.contains(":");
    set(container, "imagePullPolicy", latest ? "Always" : "IfNotPresent");
    set(container, "terminationMessagePath", "/dev/termination-log");
    set(container, "terminationMessagePolicy", "File");
    if (!container.has("resources")) {
      container.putObject("resources");
    }
    array(container, "ports").forEach(port -> set((ObjectNode) port, "protocol", "TCP"));
    for (String probe : List.of("livenessProbe", "readinessProbe", "startupProbe")) {
      if (container.path(probe) instanceof ObjectNode each) {
        probe(each);
      }
    }
    for (JsonNode variable : array(container, "env")) {
      if (variable.at("/valueFrom/fieldRef") instanceof ObjectNode field) {
        set(field, "apiVersion", "v1");
      }
    }
  }

  private static void probe(ObjectNode probe) {
    set(probe, "timeoutSeconds", 1);
    set(probe, "periodSeconds", 10);
    set(probe, "successThreshold", 1);
    set(probe, "failureThreshold", 3);
    if (probe.path("httpGet") instanceof ObjectNode get) {
      set(get, "path", "/");
      set(get, "scheme", "HTTP");
    }
  }

  private static void volume(ObjectNode volume) {
    for (String source : List.of("secret", "configMap")) {
      if (volume.path(source) instanceof ObjectNode each) {
        set(each, "defaultMode", READABLE);
      }
    }
    if (volume.path("hostPath") instanceof ObjectNode path) {
      set(path, "type", "");
    }
  }
}
