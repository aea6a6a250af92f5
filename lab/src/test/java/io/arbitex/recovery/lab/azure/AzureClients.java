package io.arbitex.recovery.lab.azure;

import com.azure.core.credential.AccessToken;
import com.azure.core.credential.TokenCredential;
import com.azure.core.http.HttpClient;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.policy.HttpPipelinePolicy;
import com.azure.core.http.policy.RetryPolicy;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.profile.AzureProfile;
import com.azure.resourcemanager.compute.ComputeManager;
import com.azure.resourcemanager.containerservice.ContainerServiceManager;
import com.azure.resourcemanager.dns.DnsZoneManager;
import com.azure.resourcemanager.postgresqlflexibleserver.PostgreSqlManager;
import com.azure.resourcemanager.privatedns.PrivateDnsZoneManager;
import com.azure.security.keyvault.secrets.SecretClient;
import com.azure.security.keyvault.secrets.SecretClientBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import reactor.core.publisher.Mono;

/** Azure's own client library, set up for the lab. */
public final class AzureClients {
  public static final String SUBSCRIPTION = "00000000-0000-0000-0000-000000000001";

  private AzureClients() {}

  private static AzureProfile profile(URI address) {
    Map<String, String> endpoints = new HashMap<>(AzureEnvironment.AZURE.getEndpoints());
    endpoints.put(
        AzureEnvironment.Endpoint.RESOURCE_MANAGER.identifier(), address.toString() + "/");
    endpoints.put(AzureEnvironment.Endpoint.MANAGEMENT.identifier(), address.toString() + "/");
    return new AzureProfile("tenant", SUBSCRIPTION, new AzureEnvironment(endpoints));
  }

  /** Over HTTP, without a credential. */
  static HttpPipeline pipeline(HttpPipelinePolicy... more) {
    List<HttpPipelinePolicy> policies = new ArrayList<>(List.of(more));
    policies.add(0, new RetryPolicy());
    return new HttpPipelineBuilder()
        .policies(policies.toArray(HttpPipelinePolicy[]::new))
        .httpClient(new JdkHttpClientBuilder().build())
        .build();
  }

  static PostgreSqlManager postgresql(URI address, HttpPipeline pipeline) {
    return PostgreSqlManager.authenticate(pipeline, profile(address));
  }

  static DnsZoneManager dns(URI address) {
    return DnsZoneManager.authenticate(pipeline(), profile(address));
  }

  static PrivateDnsZoneManager privateDns(URI address) {
    return PrivateDnsZoneManager.authenticate(pipeline(), profile(address));
  }

  static ComputeManager compute(URI address) {
    return ComputeManager.authenticate(pipeline(), profile(address));
  }

  static ContainerServiceManager containerService(URI address) {
    return ContainerServiceManager.authenticate(pipeline(), profile(address));
  }

  /** A key vault over HTTP, without a credential. */
  static SecretClient secrets(URI vault) {
    return new SecretClientBuilder().vaultUrl(vault.toString()).pipeline(pipeline()).buildClient();
  }

  /** The same over HTTPS, with the library's own policy of challenges, as against Azure. */
  static SecretClient secureSecrets(URI vault, Path certificate, String token)
      throws IOException, GeneralSecurityException {
    // The resource of the challenge is Azure's, the vault's address is the lab's.
    return new SecretClientBuilder()
        .vaultUrl(vault.toString())
        .httpClient(trusting(certificate))
        .credential(credential(token))
        .disableChallengeResourceVerification()
        .buildClient();
  }

  /** Over HTTPS, with the library's own bearer policy, as against Azure. */
  static PostgreSqlManager secure(URI address, Path certificate, String token)
      throws IOException, GeneralSecurityException {
    return PostgreSqlManager.configure()
        .withHttpClient(trusting(certificate))
        .authenticate(credential(token), profile(address));
  }

  static DnsZoneManager secureDns(URI address, Path certificate, String token)
      throws IOException, GeneralSecurityException {
    return DnsZoneManager.configure()
        .withHttpClient(trusting(certificate))
        .authenticate(credential(token), profile(address));
  }

  private static TokenCredential credential(String token) {
    return request ->
        Mono.just(new AccessToken(token, OffsetDateTime.now(ZoneOffset.UTC).plusHours(1)));
  }

  private static HttpClient trusting(Path certificate)
      throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null);
    try (InputStream in = Files.newInputStream(certificate)) {
      trusted.setCertificateEntry(
          "lab", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(trusted);
    SSLContext tls = SSLContext.getInstance("TLS");
    tls.init(null, trust.getTrustManagers(), null);
    return new JdkHttpClientBuilder(java.net.http.HttpClient.newBuilder().sslContext(tls)).build();
  }
}
