package io.arbitex.recovery.lab.azure;

import com.azure.core.util.Context;
import com.azure.resourcemanager.privatedns.fluent.RecordSetsClient;
import com.azure.resourcemanager.privatedns.fluent.models.RecordSetInner;
import com.azure.resourcemanager.privatedns.models.ARecord;
import com.azure.resourcemanager.privatedns.models.RecordType;
import com.azure.security.keyvault.secrets.SecretClient;
import com.azure.security.keyvault.secrets.models.SecretProperties;
import io.arbitex.recovery.lab.azure.dns.Zone;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A key vault and a private zone of the lab's Azure, as a platform outside of it has them. */
public final class VaultAndZone implements AutoCloseable {
  public static final String SECRET = "DATABASE-URL";
  private static final String VAULT = "kv-prod";
  private static final String ZONE = "db.arbitex.internal";
  private static final String RECORD = "primary";

  private final EmptyAzure azure;
  private final SecretClient secrets;
  private final RecordSetsClient records;

  public VaultAndZone() throws Exception {
    azure =
        new EmptyAzure(
            new Inventory(
                Map.of(VAULT, 0),
                List.of(new Zone(true, EmptyAzure.GROUP, ZONE)),
                null,
                null,
                List.of(),
                null));
    secrets = AzureClients.secrets(azure.control().vault(VAULT));
    records = AzureClients.privateDns(azure.address()).serviceClient().getRecordSets();
  }

  public AzureControl control() {
    return azure.control();
  }

  /** The inventory's {@code azure}, at the depth of {@code endpoints}. */
  public String platform() {
    return """
        azure:
          endpoint: %s
          subscription: %s
          tenant: tenant
          resourceGroup: %s
          credential: none
    """
        .formatted(azure.address(), AzureClients.SUBSCRIPTION, EmptyAzure.GROUP);
  }

  /** The inventory's {@code keyVault} and {@code dns}, at the depth of {@code connectionSecret}. */
  public String component() throws Exception {
    return """
              keyVault: {url: "%s", secret: %s}
              dns: {zone: %s, resourceGroup: %s, record: %s, private: true, ttl: 5s}
    """
        .formatted(control().vault(VAULT), SECRET, ZONE, EmptyAzure.GROUP, RECORD);
  }

  public String url() {
    return secrets.getSecret(SECRET).getValue();
  }

  public void setUrl(String url) {
    secrets.setSecret(SECRET, url);
  }

  public int versions() {
    return (int) secrets.listPropertiesOfSecretVersions(SECRET).stream().count();
  }

  /** Enables or disables what is the newest version now. */
  public void setEnabled(boolean enabled) {
    String newest =
        secrets.listPropertiesOfSecretVersions(SECRET).stream()
            .reduce((before, after) -> after)
            .orElseThrow()
            .getVersion();
    secrets.updateSecretProperties(newest(newest).setEnabled(enabled));
  }

  private SecretProperties newest(String version) {
    return secrets.listPropertiesOfSecretVersions(SECRET).stream()
        .filter(each -> each.getVersion().equals(version))
        .findFirst()
        .orElseThrow();
  }

  public void deleteSecret() {
    secrets.beginDeleteSecret(SECRET).waitForCompletion();
  }

  public void recoverSecret() {
    secrets.beginRecoverDeletedSecret(SECRET).waitForCompletion();
  }

  /** Lets the record name an address, whoever changed it before. */
  public void setRecord(String address) {
    records.createOrUpdateWithResponse(
        EmptyAzure.GROUP,
        ZONE,
        RecordType.A,
        RECORD,
        new RecordSetInner()
            .withTtl(300L)
            .withMetadata(Map.of("team", "data"))
            .withARecords(List.of(new ARecord().withIpv4Address(address))),
        null,
        null,
        Context.NONE);
  }

  private RecordSetInner record() {
    return records.get(EmptyAzure.GROUP, ZONE, RecordType.A, RECORD);
  }

  /** What the record names, and for how many seconds: {@code address ttl}. */
  public String named() {
    return record().aRecords().get(0).ipv4Address() + " " + record().ttl();
  }

  public Map<String, String> notes() {
    return record().metadata();
  }

  @Override
  public void close() throws IOException {
    azure.close();
  }
}
