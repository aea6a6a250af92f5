package io.arbitex.recovery.azure;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.policy.BearerTokenAuthenticationPolicy;
import com.azure.core.http.policy.ExponentialBackoffOptions;
import com.azure.core.http.policy.HttpPipelinePolicy;
import com.azure.core.http.policy.RetryOptions;
import com.azure.core.http.policy.RetryPolicy;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.profile.AzureProfile;
import com.azure.identity.DefaultAzureCredentialBuilder;
import io.arbitex.recovery.configuration.Azure;
import io.arbitex.recovery.configuration.SecretReference;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import reactor.core.publisher.Mono;

/** Ways to Azure for its own client libraries, as the inventory has them. Nothing is sent yet. */
public final class AzurePipelines {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  /** The Resource Manager answers within it: what takes longer is a long-running operation. */
  public static final Duration ANSWER = Duration.ofSeconds(20);

  /** Beyond these whoever asks waits and tries again, and is seen to. */
  private static final int RETRIES = 2;

  /** What a vault's token is for, in its cloud: the host without the vault's own name. */
  private static final Pattern VAULT_SUFFIX = Pattern.compile("[^.]+\\.(vault\\..+)");

  /** A token from a file has no end that is known; it is read again for each request after it. */
  private static final Duration READ_AGAIN = Duration.ofSeconds(1);

  private AzurePipelines() {}

  /**
   * A way to the Resource Manager.
   *
   * @param more what is done with each request beside retries and the token
   * @throws IOException when the certificate to trust cannot be read
   */
  public static HttpPipeline toResourceManager(Azure settings, HttpPipelinePolicy... more)
      throws IOException {
    List<HttpPipelinePolicy> policies = new ArrayList<>();
    policies.add(
        new RetryPolicy(
            new RetryOptions(
                new ExponentialBackoffOptions()
                    .setMaxRetries(RETRIES)
                    .setBaseDelay(Duration.ofMillis(300))
                    .setMaxDelay(Duration.ofSeconds(5)))));
    String scope = profile(settings).getEnvironment().getManagementEndpoint() + "/.default";
    policies.addAll(bearer(settings, scope));
    policies.addAll(List.of(more));
    return pipeline(settings, policies);
  }

  /**
   * A way to a key vault by the same credential. Nothing is sent a second time by itself: a write
   * of which the answer was lost is the action's to judge.
   *
   * @throws IOException when the certificate to trust cannot be read
   */
  public static HttpPipeline toVault(Azure settings, URI vault) throws IOException {
    Matcher suffix = VAULT_SUFFIX.matcher(vault.getHost());
    String audience = suffix.matches() ? suffix.group(1) : "vault.azure.net";
    return pipeline(settings, bearer(settings, "https://" + audience + "/.default"));
  }

  private static List<HttpPipelinePolicy> bearer(Azure settings, String scope) throws IOException {
    if (settings.credential() instanceof Azure.Credential.Token token) {
      return List.of(bearer(scope, request -> Mono.fromCallable(() -> read(token.reference()))));
    }
    if (settings.credential() instanceof Azure.Credential.UsualChain) {
      return List.of(
          bearer(
              scope,
              new DefaultAzureCredentialBuilder()
                  .tenantId(settings.tenant())
                  .httpClient(http(settings))
                  .build()));
    }
    return List.of();
  }

  private static HttpPipelinePolicy bearer(String scope, TokenCredential credential) {
    return new BearerTokenAuthenticationPolicy(credential, scope);
  }

  private static HttpPipeline pipeline(Azure settings, List<HttpPipelinePolicy> policies)
      throws IOException {
    return new HttpPipelineBuilder()
        .policies(policies.toArray(HttpPipelinePolicy[]::new))
        .httpClient(http(settings))
        .build();
  }

  private static AccessToken read(SecretReference reference) throws IOException {
    return new AccessToken(
        reference.resolve(), OffsetDateTime.now(ZoneOffset.UTC).plus(READ_AGAIN));
  }

  /** The subscription, and its cloud. */
  public static AzureProfile profile(Azure settings) {
    Map<String, String> endpoints = new HashMap<>(AzureEnvironment.AZURE.getEndpoints());
    String endpoint = settings.endpoint() + "/";
    if (!endpoint.equals(AzureEnvironment.AZURE.getResourceManagerEndpoint())) {
      endpoints.put(AzureEnvironment.Endpoint.RESOURCE_MANAGER.identifier(), endpoint);
      endpoints.put(AzureEnvironment.Endpoint.MANAGEMENT.identifier(), endpoint);
    }
    return new AzureProfile(
        settings.tenant(), settings.subscription(), new AzureEnvironment(endpoints));
  }

  private static HttpClient http(Azure settings) throws IOException {
    java.net.http.HttpClient.Builder client =
        java.net.http.HttpClient.newBuilder().connectTimeout(CONNECT);
    if (settings.trust().isPresent()) {
      client.sslContext(trusting(settings.trust().get()));
    }
    return new JdkHttpClientBuilder(client)
        .connectionTimeout(CONNECT)
        .responseTimeout(ANSWER)
        .build();
  }

  private static SSLContext trusting(Path certificate) throws IOException {
    try (InputStream in = Files.newInputStream(certificate)) {
      KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
      trusted.load(null);
      trusted.setCertificateEntry(
          "configured", CertificateFactory.getInstance("X.509").generateCertificate(in));
      for (X509Certificate usual : usual()) {
        trusted.setCertificateEntry(
            usual.getSubjectX500Principal() + "/" + usual.getSerialNumber(), usual);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(trusted);
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(null, trust.getTrustManagers(), null);
      return tls;
    } catch (IOException | GeneralSecurityException e) {
      throw new IOException("the certificate " + certificate + " cannot be trusted: " + e, e);
    }
  }

  private static List<X509Certificate> usual() throws GeneralSecurityException {
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init((KeyStore) null);
    for (TrustManager each : trust.getTrustManagers()) {
      if (each instanceof X509TrustManager known) {
        return List.of(known.getAcceptedIssuers());
      }
    }
    return List.of();
  }
}
