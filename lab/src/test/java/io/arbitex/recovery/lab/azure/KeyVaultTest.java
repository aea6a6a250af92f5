package io.arbitex.recovery.lab.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.exception.HttpResponseException;
import com.azure.core.exception.ResourceModifiedException;
import com.azure.core.exception.ResourceNotFoundException;
import com.azure.security.keyvault.secrets.SecretClient;
import com.azure.security.keyvault.secrets.models.KeyVaultSecret;
import com.azure.security.keyvault.secrets.models.SecretProperties;
import io.arbitex.recovery.lab.azure.api.Misbehaviour;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Secrets of a key vault by Azure's client library, over HTTP. */
class KeyVaultTest {
  private static final Duration LOOK = Duration.ofMillis(20);

  private static EmptyAzure azure;
  private static SecretClient client;

  @BeforeAll
  static void start() throws Exception {
    azure =
        new EmptyAzure(
            new Inventory(
                Map.of("kv-prod", 0, "kv-dr", 0), List.of(), null, null, List.of(), null));
    client = AzureClients.secrets(azure.control().vault("kv-prod"));
  }

  @AfterAll
  static void end() throws Exception {
    azure.close();
  }

  private static List<String> versions(String name) {
    return client.listPropertiesOfSecretVersions(name).stream()
        .map(SecretProperties::getVersion)
        .toList();
  }

  @Test
  void aNewValueIsTheNewestAndTheOldOneIsStillThere() {
    String first = client.setSecret("password", "one").getProperties().getVersion();
    String second =
        client
            .setSecret(
                new KeyVaultSecret("password", "two")
                    .setProperties(new SecretProperties().setTags(Map.of("run", "r1"))))
            .getProperties()
            .getVersion();

    assertThat(client.getSecret("PASSWORD").getValue()).isEqualTo("two");
    assertThat(client.getSecret("password").getProperties().getTags()).containsEntry("run", "r1");
    assertThat(client.getSecret("password", first).getValue()).isEqualTo("one");
    assertThat(versions("password")).containsExactly(first, second);
    assertThatThrownBy(() -> client.getSecret("password", "0".repeat(32)))
        .isInstanceOf(ResourceNotFoundException.class);
    assertThatThrownBy(() -> client.getSecret("nobody"))
        .isInstanceOf(ResourceNotFoundException.class)
        .hasMessageContaining("was not found in this key vault");
  }

  @Test
  void aVersionThatIsDisabledIsNotGivenOutUntilItIsEnabled() {
    String old = client.setSecret("switched", "old").getProperties().getVersion();
    SecretProperties newest = client.setSecret("switched", "new").getProperties();

    client.updateSecretProperties(newest.setEnabled(false));

    assertThatThrownBy(() -> client.getSecret("switched"))
        .isInstanceOfSatisfying(
            HttpResponseException.class,
            e -> assertThat(e.getResponse().getStatusCode()).isEqualTo(403))
        .hasMessageContaining("disabled");
    assertThat(client.getSecret("switched", old).getValue()).isEqualTo("old");
    client.updateSecretProperties(newest.setEnabled(true));
    assertThat(client.getSecret("switched").getValue()).isEqualTo("new");
  }

  @Test
  void aDeletedSecretComesBackWithAllItsVersions() {
    client.setSecret("lost", "one");
    client.setSecret("lost", "two");
    client.beginDeleteSecret("lost").setPollInterval(LOOK).waitForCompletion();
    assertThatThrownBy(() -> client.getSecret("lost"))
        .isInstanceOf(ResourceNotFoundException.class);
    assertThatThrownBy(() -> client.setSecret("lost", "three"))
        .isInstanceOf(ResourceModifiedException.class)
        .hasMessageContaining("deleted but recoverable");
    assertThat(client.getDeletedSecret("lost").getDeletedOn()).isNotNull();

    client.beginRecoverDeletedSecret("lost").setPollInterval(LOOK).waitForCompletion();

    assertThat(client.getSecret("lost").getValue()).isEqualTo("two");
    assertThat(versions("lost")).hasSize(2);
    client.beginDeleteSecret("lost").setPollInterval(LOOK).waitForCompletion();
    client.purgeDeletedSecret("lost");
    assertThat(client.listDeletedSecrets()).isEmpty();
  }

  @Test
  void vaultsDoNotSeeEachOthersSecretsAndNobodyButTheOwnerReadsTheFiles() throws Exception {
    client.setSecret("own", "private");
    SecretClient other = AzureClients.secrets(azure.control().vault("kv-dr"));
    assertThat(other.listPropertiesOfSecrets()).isEmpty();
    assertThat(client.listPropertiesOfSecrets())
        .extracting(SecretProperties::getName)
        .contains("own");
    Path vault = azure.folder().resolve("vaults/kv-prod");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(vault)))
        .isEqualTo("rwx------");
    try (Stream<Path> files = Files.list(vault)) {
      assertThat(files.toList())
          .isNotEmpty()
          .allSatisfy(
              file ->
                  assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                      .isEqualTo("rw-------"));
    }
  }

  @Test
  void aVaultGoesWrongOnDemand() throws Exception {
    client.setSecret("guarded", "x");
    azure
        .control()
        .add(new Misbehaviour("GET", "secrets", "guarded", Misbehaviour.How.FORBIDDEN, 1, 0, 1));
    assertThatThrownBy(() -> client.getSecret("guarded"))
        .isInstanceOfSatisfying(
            HttpResponseException.class,
            e -> assertThat(e.getResponse().getStatusCode()).isEqualTo(403));
    assertThat(client.getSecret("guarded").getValue()).isEqualTo("x");
    azure.control().clearAll();
  }
}
