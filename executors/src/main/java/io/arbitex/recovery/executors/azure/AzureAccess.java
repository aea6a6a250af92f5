package io.arbitex.recovery.executors.azure;

import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.policy.HttpPipelinePolicy;
import com.azure.core.management.profile.AzureProfile;
import io.arbitex.recovery.azure.AzurePipelines;
import io.arbitex.recovery.configuration.Azure;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/** A way into one subscription: pipeline and profile for Azure's client libraries. */
public record AzureAccess(Azure settings, HttpPipeline pipeline, AzureProfile profile) {

  /**
   * Opens it; nothing is sent yet.
   *
   * @throws ActionFailure PREFLIGHT when the certificate to trust cannot be read
   */
  public static AzureAccess open(Azure settings) throws ActionFailure {
    try {
      return new AzureAccess(
          settings,
          AzurePipelines.toResourceManager(settings, new OperationAddress()),
          AzurePipelines.profile(settings));
    } catch (IOException e) {
      throw untrusted(e);
    }
  }

  /** The same way, for an action that has so much time left. */
  public AzureAccess within(Supplier<Duration> remaining) {
    List<HttpPipelinePolicy> policies = new ArrayList<>();
    for (int i = 0; i < pipeline.getPolicyCount(); i++) {
      policies.add(pipeline.getPolicy(i));
    }
    policies.add(new TimeLimit(remaining, AzurePipelines.ANSWER));
    HttpPipeline limited =
        new HttpPipelineBuilder()
            .policies(policies.toArray(HttpPipelinePolicy[]::new))
            .httpClient(pipeline.getHttpClient())
            .build();
    return new AzureAccess(settings, limited, profile);
  }

  /**
   * A way to a key vault by the same credential.
   *
   * @throws ActionFailure PREFLIGHT when the certificate to trust cannot be read
   */
  static HttpPipeline toVault(Azure settings, URI vault) throws ActionFailure {
    try {
      return AzurePipelines.toVault(settings, vault);
    } catch (IOException e) {
      throw untrusted(e);
    }
  }

  private static ActionFailure untrusted(IOException error) {
    return new ActionFailure(
        FailureCode.PREFLIGHT,
        error.getMessage(),
        "Put a certificate (PEM) to where azure.trust of the inventory points.",
        false,
        error);
  }
}
