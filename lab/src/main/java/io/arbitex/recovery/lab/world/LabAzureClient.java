package io.arbitex.recovery.lab.world;

import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.core.http.policy.RetryPolicy;
import com.azure.core.management.AzureEnvironment;
import com.azure.core.management.profile.AzureProfile;
import com.azure.resourcemanager.postgresqlflexibleserver.PostgreSqlManager;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Azure's own client library, pointed at the lab. */
record LabAzureClient(URI endpoint) {

  PostgreSqlManager postgresql() {
    Map<String, String> endpoints = new HashMap<>(AzureEnvironment.AZURE.getEndpoints());
    endpoints.put(AzureEnvironment.Endpoint.RESOURCE_MANAGER.identifier(), endpoint + "/");
    endpoints.put(AzureEnvironment.Endpoint.MANAGEMENT.identifier(), endpoint + "/");
    HttpPipeline pipeline =
        new HttpPipelineBuilder()
            .policies(new RetryPolicy())
            .httpClient(new JdkHttpClientBuilder().build())
            .build();
    return PostgreSqlManager.authenticate(
        pipeline,
        new AzureProfile(
            LabAzureCloud.TENANT, LabAzureCloud.SUBSCRIPTION, new AzureEnvironment(endpoints)));
  }

  List<String> serverNames() {
    return postgresql().servers().listByResourceGroup(LabAzureCloud.GROUP).stream()
        .map(server -> server.name())
        .toList();
  }

  void delete(String server) {
    postgresql().serviceClient().getServers().delete(LabAzureCloud.GROUP, server);
  }
}
