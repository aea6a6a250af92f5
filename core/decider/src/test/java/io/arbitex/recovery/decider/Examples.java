package io.arbitex.recovery.decider;

import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import java.nio.file.Path;

/** An inventory of one platform with one database and three observers, and a policy in seconds. */
public final class Examples {
  public static final String INVENTORY =
      """
      platforms:
        - name: lab
          observers: [observer-0, observer-1, observer-2]
          endpoints:
            health: ["http://127.0.0.1:8080/health"]
            adminToken: env:ADMIN_TOKEN
            auditKey: env:AUDIT_KEY
          components:
            - name: postgresql
              kind: postgresql
              procedures: [postgresql.dump]
              postgresql:
                database: arbitex
                resource: primary
                restoreTo: [spare]
                applicationRole: arbitex_app
                connectionSecret: file:database-url
                backups: [backups]
                tools: /usr/bin
                criticalTables: [tenants]
                servers:
                  - {name: primary, host: 127.0.0.1, port: 1, adminUser: a, adminPassword: env:A}
                  - {name: spare, host: 127.0.0.1, port: 2, adminUser: a, adminPassword: env:A}
      """;

  /** The same platform with a Redis. */
  public static final String WITH_REDIS =
      INVENTORY
              .replace(
                  "components:",
                  "kubernetes: {kubeconfig: file:kubeconfig, namespace: arbitex}\n    components:")
              .stripTrailing()
          + """

                - name: redis
                  kind: redis
                  procedures: [redis.rdb, redis.cold]
                  redis:
                    resource: arbitex-redis
                    host: 127.0.0.1
                    statefulSet: arbitex-redis
                    claim: data-arbitex-redis-0
                    helperImage: redis:7
                    backups: [backups]
                    tools: /usr/bin
          """
              .indent(0);

  /** The same platform with a volume beside its database. */
  public static final String WITH_VOLUME =
      INVENTORY
              .replace(
                  "components:",
                  """
                  kubernetes: {kubeconfig: file:kubeconfig, namespace: arbitex}
                      azure: {subscription: s, tenant: t, resourceGroup: g}
                      components:"""
                      .stripIndent())
              .stripTrailing()
          + """

                - name: buffer
                  kind: pvc
                  procedures: [pvc.snapshot]
                  volume:
                    claim: arbitex-audit-buffer
                    workloads: [deployment/arbitex-platform]
                    helperImage: busybox:1.36
                    azure: {snapshots: snapshots-rg, disks: nodes-rg}
          """
              .indent(0);

  /** A cluster and its public health, with a volume and a Redis in it and a database beside it. */
  public static final String WITH_CLUSTER =
      WITH_VOLUME
          + WITH_REDIS.substring(WITH_REDIS.indexOf("      - name: redis"))
          + """
                - name: public-health
                  kind: endpoint
                - name: cluster
                  kind: aks
                  procedures: [aks.backup, aks.rebuild]
                  cluster:
                    name: arbitex-aks
                    resourceGroup: arbitex-rg
                    nodes: 3
                    like: {location: westeurope, vmSize: Standard_D4s_v5}
                    backup:
                      vault: vault
                      resourceGroup: arbitex-rg
                      instance: cluster
                      storageAccount: account
                      container: backup
                      storageGroup: arbitex-rg
                    helm: {release: arbitex, chart: chart}
          """
              .indent(0);

  /** The same platform with its primary in Azure. */
  public static final String IN_AZURE =
      INVENTORY
          .replace(
              "components:",
              "azure: {subscription: s, tenant: t, resourceGroup: g}\n    components:")
          .replace(
              "procedures: [postgresql.dump]", "procedures: [postgresql.dump, postgresql.pitr]")
          .replace("port: 1, adminUser: a,", "port: 1, adminUser: a, flexibleServer: db,");

  public static final String POLICY =
      """
      version: 1
      detection: {confirmations: 3, recoveries: 2, restoreAfter: 5s}
      guards: {cooldown: 1h, approvalFor: []}
      channels:
        - {name: slack, kind: slack, url: env:SLACK}
      """;

  private Examples() {}

  public static Decider decider() {
    return decider(POLICY);
  }

  public static Decider decider(String policy) {
    return decider(INVENTORY, policy);
  }

  public static Decider decider(String inventory, String policy) {
    try {
      return new Decider(
          Inventory.parse("platform.yaml", Path.of("/"), inventory),
          Policy.parse("runbook.yaml", Path.of("/"), policy));
    } catch (InvalidConfiguration e) {
      throw new IllegalStateException(e);
    }
  }
}
