package io.arbitex.recovery.executors.azure;

import com.azure.core.exception.HttpResponseException;
import com.azure.security.keyvault.secrets.SecretClient;
import com.azure.security.keyvault.secrets.SecretClientBuilder;
import com.azure.security.keyvault.secrets.models.SecretProperties;
import io.arbitex.recovery.configuration.Azure;
import io.arbitex.recovery.configuration.KeyVault;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

/** One secret of a key vault, by its versions. No message of it holds a value. */
public final class VaultSecret {
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int CONFLICT = 409;

  private final KeyVault place;
  private final SecretClient client;

  private VaultSecret(KeyVault place, SecretClient client) {
    this.place = place;
    this.client = client;
  }

  /**
   * One version.
   *
   * @param id its part of the address
   */
  public record Version(String id, String value, Map<String, String> tags) {
    private static Version of(com.azure.security.keyvault.secrets.models.KeyVaultSecret found) {
      SecretProperties properties = found.getProperties();
      return new Version(
          properties.getVersion(),
          found.getValue(),
          properties.getTags() == null ? Map.of() : Map.copyOf(properties.getTags()));
    }

    /** Never the value. */
    @Override
    public String toString() {
      return "version " + id;
    }
  }

  /**
   * Opens it; nothing is sent yet.
   *
   * @throws ActionFailure PREFLIGHT when the certificate to trust cannot be read
   */
  public static VaultSecret open(Azure azure, KeyVault place) throws ActionFailure {
    return new VaultSecret(
        place,
        new SecretClientBuilder()
            .vaultUrl(place.url().toString())
            .pipeline(AzureAccess.toVault(azure, place.url()))
            .buildClient());
  }

  /**
   * What whoever asks for the secret gets now.
   *
   * @throws ActionFailure when there is none, it is disabled or deleted, or the vault refuses
   */
  public Version newest() throws ActionFailure, InterruptedException {
    return ask("read " + this, () -> Version.of(client.getSecret(place.secret())));
  }

  /** A version of before; thrown as for {@link #newest}. */
  public Version version(String id) throws ActionFailure, InterruptedException {
    return ask(
        "read version " + id + " of " + this,
        () -> Version.of(client.getSecret(place.secret(), id)));
  }

  /**
   * Makes a new version; the one before stays. Asked for once only: after a failure that is no
   * refusal it may be made nevertheless.
   *
   * @throws ActionFailure AUTHENTICATION or PREFLIGHT only when it was refused, so surely not made
   */
  public void put(String value, Map<String, String> tags)
      throws ActionFailure, InterruptedException {
    ask(
        "write " + this,
        () ->
            client.setSecret(
                new com.azure.security.keyvault.secrets.models.KeyVaultSecret(place.secret(), value)
                    .setProperties(new SecretProperties().setTags(tags))));
  }

  private <T> T ask(String doing, Supplier<T> request) throws ActionFailure, InterruptedException {
    try {
      return request.get();
    } catch (RuntimeException e) {
      int status = AzureErrors.status(e);
      if (status == FORBIDDEN && says(e, "disabled")) {
        throw refused(doing + ": it is disabled", "Enable its newest version in the vault.", e);
      }
      if ((status == CONFLICT && says(e, "recoverable")) || (status == NOT_FOUND && isDeleted())) {
        throw refused(
            doing + ": it was deleted and can be recovered",
            "Recover it in the vault; its versions come back with it.",
            e);
      }
      throw AzureErrors.of(doing, e);
    }
  }

  /** Only to tell more of a secret that is not there: whether it may be asked is not known. */
  private boolean isDeleted() {
    try {
      return client.getDeletedSecret(place.secret()) != null;
    } catch (HttpResponseException e) {
      return false;
    }
  }

  private static boolean says(Throwable error, String word) {
    return String.valueOf(error.getMessage()).toLowerCase(Locale.ROOT).contains(word);
  }

  private static ActionFailure refused(String message, String hint, Throwable cause) {
    return new ActionFailure(FailureCode.PREFLIGHT, message, hint, false, cause);
  }

  @Override
  public String toString() {
    return "the secret " + place.secret() + " of " + place.url().getHost();
  }
}
