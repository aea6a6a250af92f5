package io.arbitex.recovery.lab.procedures;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The platform of {@link ClusterWorld} as a chart, with what a chart may have wrong as values. */
final class PlatformChart {
  private static final String CHART =
      """
      apiVersion: v2
      name: arbitex-platform
      version: 1.4.2
      """;

  private static final String VALUES =
      """
      replicas: 1
      cloud: true
      claim: false
      secret: false
      migrate: false
      elsewhere: false
      generated: false
      job: false
      """;

  private static final String TEMPLATE =
      """
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: settings}
      data: {tenants: "12"}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: arbitex-platform}
      spec:
        type: LoadBalancer
        selector: {app: arbitex-platform}
        ports: [{port: 8080, targetPort: 8080}]
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: arbitex-platform, namespace: {{ .Release.Namespace }}}
      spec:
        replicas: {{ .Values.replicas }}
        selector: {matchLabels: {app: arbitex-platform}}
        template:
          metadata: {labels: {app: arbitex-platform}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - name: platform
              image: shell
              env: [{name: URL, valueFrom: {secretKeyRef: {name: arbitex-secrets, key: DATABASE_URL}}}]
      {{- if .Values.cloud }}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: arbitex-buffer}
      spec:
        replicas: 1
        selector: {matchLabels: {app: arbitex-buffer}}
        template:
          metadata: {labels: {app: arbitex-buffer}}
          spec:
            terminationGracePeriodSeconds: 1
            containers:
            - {name: buffer, image: shell, volumeMounts: [{name: data, mountPath: /data}]}
            volumes: [{name: data, persistentVolumeClaim: {claimName: arbitex-audit-buffer}}]
      {{- end }}
      {{- if .Values.claim }}
      ---
      apiVersion: v1
      kind: PersistentVolumeClaim
      metadata: {name: arbitex-audit-buffer}
      spec: {storageClassName: default, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
      {{- end }}
      {{- if .Values.secret }}
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: arbitex-secrets}
      data: {DATABASE_URL: ""}
      {{- end }}
      {{- if .Values.elsewhere }}
      ---
      apiVersion: apps/v1
      kind: DaemonSet
      metadata: {name: agent, namespace: kube-system}
      spec:
        selector: {matchLabels: {app: agent}}
        template:
          metadata: {labels: {app: agent}}
          spec: {containers: [{name: agent, image: shell}]}
      {{- end }}
      {{- if .Values.generated }}
      ---
      apiVersion: v1
      kind: Secret
      metadata: {name: signing}
      stringData: {key: {{ randAlphaNum 32 }}}
      {{- end }}
      {{- if .Values.job }}
      ---
      apiVersion: batch/v1
      kind: Job
      metadata: {name: once}
      spec: {template: {spec: {restartPolicy: Never, containers: [{name: once, image: shell}]}}}
      {{- end }}
      {{- if .Values.migrate }}
      ---
      apiVersion: batch/v1
      kind: Job
      metadata: {name: migrate, annotations: {"helm.sh/hook": "post-install"}}
      spec: {template: {spec: {restartPolicy: Never, containers: [{name: migrate, image: shell}]}}}
      {{- end }}
      """;

  private PlatformChart() {}

  /** Writes it; returns the inventory's {@code helm}, in one line, with that file of values. */
  static String write(Path folder) throws IOException {
    Path chart = folder.resolve("chart");
    Files.createDirectories(chart.resolve("templates"));
    Files.writeString(chart.resolve("Chart.yaml"), CHART);
    Files.writeString(chart.resolve("values.yaml"), VALUES);
    Files.writeString(chart.resolve("templates/platform.yaml"), TEMPLATE);
    values(folder, "replicas: 2\n");
    return "{release: arbitex, chart: chart, values: [values-prod.yaml]}";
  }

  static void values(Path folder, String text) throws IOException {
    Files.writeString(folder.resolve("values-prod.yaml"), text);
  }
}
