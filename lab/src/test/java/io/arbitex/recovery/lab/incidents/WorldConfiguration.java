package io.arbitex.recovery.lab.incidents;

import io.arbitex.recovery.checks.AuditTables;
import io.arbitex.recovery.checks.PostgresFixture;
import io.arbitex.recovery.configuration.InvalidConfiguration;
import io.arbitex.recovery.configuration.Inventory;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.lab.azure.AzureClients;
import io.arbitex.recovery.lab.azure.TestAzure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Inventory, policy and secrets of the world, in a folder. */
final class WorldConfiguration {
  private final Path folder;

  WorldConfiguration(Path folder) throws IOException {
    this.folder = folder;
    write("admin", TestAzure.PASSWORD);
    write("spare-admin", PostgresFixture.PASSWORD);
    write("admin-token", "token");
    write("audit-key", new String(AuditTables.KEY, StandardCharsets.UTF_8));
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  /**
   * Reads the policy.
   *
   * @param procedures one more line of the policy's {@code procedures}; empty for none
   */
  Policy policy(String archiveLag, String procedures) throws InvalidConfiguration {
    return Policy.parse(
        "runbook.yaml",
        folder,
        """
        version: 1
        detection: {confirmations: 2, recoveries: 2, restoreAfter: 0, correlationWindow: 0}
        symptoms:
          restore: [unreachable, corrupt]
          restoreByApproval: [hung]
        guards: {cooldown: 0, approvalFor: []}
        procedures:
          pitr: {archiveLag: %s}
          %s
        """
            .formatted(archiveLag, procedures));
  }

  Inventory inventory(String platform, TestAzure azure, String source, PostgresFixture spare)
      throws InvalidConfiguration {
    return Inventory.parse(
        "platform.yaml",
        folder,
        """
        platforms:
          - name: eu-1
            observers: [observer-a, observer-b, observer-c]
            endpoints:
              health: ["%1$s/health"]
              auditVerify: %1$s/verify
              adminToken: file:admin-token
              auditKey: file:audit-key
            azure:
              endpoint: %2$s
              subscription: %3$s
              tenant: tenant
              resourceGroup: %4$s
              credential: none
            components:
              - name: postgresql
                kind: postgresql
                procedures: [postgresql.pitr, postgresql.dump]
                postgresql:
                  database: arbitex
                  resource: primary
                  restoreTo: [spare]
                  applicationRole: arbitex_app
                  connectionSecret: file:database-url
                  backups: [backups]
                  tools: %5$s
                  criticalTables: [tenants, policy_rules, audit_events]
                  servers:
                    - name: primary
                      host: %6$s
                      port: %7$d
                      sslMode: disable
                      adminUser: %8$s
                      adminPassword: file:admin
                      flexibleServer: %9$s
                    - name: spare
                      host: 127.0.0.1
                      port: %10$d
                      sslMode: disable
                      adminUser: %11$s
                      adminPassword: file:spare-admin
        """
            .formatted(
                platform,
                azure.address(),
                AzureClients.SUBSCRIPTION,
                TestAzure.GROUP,
                spare.tools(),
                source,
                azure.port(),
                TestAzure.ADMINISTRATOR,
                TestAzure.SOURCE,
                spare.port(),
                PostgresFixture.USER));
  }
}
