package io.arbitex.recovery.executors.azure;

import com.azure.core.http.HttpHeaderName;
import com.azure.core.http.HttpHeaders;
import com.azure.core.http.HttpMethod;
import com.azure.core.http.HttpPipeline;
import com.azure.core.http.HttpPipelineBuilder;
import com.azure.core.http.HttpRequest;
import com.azure.core.http.HttpResponse;
import com.azure.core.http.policy.HttpPipelinePolicy;
import com.azure.core.http.policy.RetryPolicy;
import com.azure.core.management.exception.ManagementError;
import com.azure.core.management.exception.ManagementException;
import com.azure.core.util.Context;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Azure's Resource Manager by its published paths: for providers of which no client library
 * resolves, and for resources that are copied whole, of which a library keeps only what it knows.
 * What is read is asked again by itself; what changes something is sent once, since an order whose
 * answer was lost may have been taken.
 */
public final class ResourceManager {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final HttpHeaderName ASYNC_OPERATION =
      HttpHeaderName.fromString("Azure-AsyncOperation");
  private static final int NOT_FOUND = 404;
  private static final int PRECONDITION_FAILED = 412;

  /** Azure's words for a resource that is not there; not for its group or subscription. */
  private static final Set<String> GONE = Set.of("ResourceNotFound", "NotFound");

  private final AzureAccess access;
  private final HttpPipeline once;

  public ResourceManager(AzureAccess access) {
    this.access = access;
    this.once = withoutRetries(access.pipeline());
  }

  /**
   * What Azure answered to an order.
   *
   * @param operation the address of the operation that it began, if it gave one
   */
  public record Answer(JsonNode body, Optional<String> operation) {}

  /**
   * What has to be so for an order to be taken.
   *
   * @param value an ETag, or {@code *}
   */
  public record Precondition(HttpHeaderName header, String value) {
    /** Nothing is there by that name. */
    static final Precondition ABSENT = new Precondition(HttpHeaderName.IF_NONE_MATCH, "*");

    static Precondition unchanged(String etag) {
      return new Precondition(HttpHeaderName.IF_MATCH, etag);
    }
  }

  private static HttpPipeline withoutRetries(HttpPipeline pipeline) {
    List<HttpPipelinePolicy> policies = new ArrayList<>();
    for (int i = 0; i < pipeline.getPolicyCount(); i++) {
      if (!(pipeline.getPolicy(i) instanceof RetryPolicy)) {
        policies.add(pipeline.getPolicy(i));
      }
    }
    return new HttpPipelineBuilder()
        .policies(policies.toArray(HttpPipelinePolicy[]::new))
        .httpClient(pipeline.getHttpClient())
        .build();
  }

  AzureAccess access() {
    return access;
  }

  /** The id of something in a resource group. */
  String id(String resourceGroup, String provider) {
    return "/subscriptions/%s/resourceGroups/%s/providers/%s"
        .formatted(access.settings().subscription(), resourceGroup, provider);
  }

  /**
   * One resource; empty when Azure has none.
   *
   * @throws ActionFailure when Azure does not say
   */
  Optional<JsonNode> find(String doing, String id, String version)
      throws ActionFailure, InterruptedException {
    try {
      return Optional.of(get(address(id, version)).body());
    } catch (RuntimeException e) {
      if (AzureErrors.status(e) == NOT_FOUND
          && AzureErrors.code(e).filter(GONE::contains).isPresent()) {
        return Optional.empty();
      }
      throw AzureErrors.of(doing, e);
    }
  }

  /**
   * All resources of a list, page by page.
   *
   * @throws ActionFailure when Azure does not say, or a page leads to another host
   */
  List<JsonNode> list(String doing, String id, String version)
      throws ActionFailure, InterruptedException {
    List<JsonNode> all = new ArrayList<>();
    String next = address(id, version);
    while (!next.isEmpty()) {
      try {
        JsonNode page = get(next).body();
        page.path("value").forEach(all::add);
        next = page.path("nextLink").asText("");
      } catch (RuntimeException e) {
        throw AzureErrors.of(doing, e);
      }
      refuseOtherHost(next);
    }
    return all;
  }

  private void refuseOtherHost(String next) throws ActionFailure {
    String known = access.settings().endpoint().getAuthority();
    if (!next.isEmpty() && !known.equalsIgnoreCase(URI.create(next).getAuthority())) {
      throw ActionFailure.permanent(
          FailureCode.UNKNOWN,
          "a page of Azure's answer leads to another host than " + known,
          "See what stands between the executor and Azure.");
    }
  }

  /**
   * Orders something, once.
   *
   * @param body null for none
   * @throws ActionFailure NOT_CONFIRMED when the precondition does not hold; when Azure refuses, or
   *     does not say whether it took it
   */
  Answer order(
      String doing,
      HttpMethod method,
      String id,
      String version,
      JsonNode body,
      Optional<Precondition> precondition)
      throws ActionFailure, InterruptedException {
    HttpRequest request = new HttpRequest(method, address(id, version));
    if (body != null) {
      request.setHeader(HttpHeaderName.CONTENT_TYPE, "application/json").setBody(body.toString());
    }
    precondition.ifPresent(it -> request.setHeader(it.header(), it.value()));
    try {
      return send(once, request);
    } catch (RuntimeException e) {
      if (AzureErrors.status(e) == PRECONDITION_FAILED) {
        throw new ActionFailure(
            FailureCode.NOT_CONFIRMED,
            doing + ": somebody else changed it at the same time",
            "Nothing, if it passes.",
            true,
            e);
      }
      throw AzureErrors.of(doing, e);
    }
  }

  /**
   * Whether Azure has answered that it does not do it: then nothing comes of the order later
   * either.
   */
  public static boolean isRefusal(ActionFailure failure) {
    int status = AzureErrors.status(failure.getCause());
    return status >= 400 && status < 500 && status != 408;
  }

  private String address(String id, String version) {
    return access.settings().endpoint() + id + "?api-version=" + version;
  }

  private Answer get(String address) {
    return send(access.pipeline(), new HttpRequest(HttpMethod.GET, address));
  }

  private static Answer send(HttpPipeline pipeline, HttpRequest request) {
    request.setHeader(HttpHeaderName.ACCEPT, "application/json");
    try (HttpResponse response = pipeline.sendSync(request, Context.NONE)) {
      String text = String.valueOf(response.getBodyAsBinaryData());
      JsonNode body = read(text);
      if (response.getStatusCode() >= 300) {
        JsonNode error = body.path("error");
        throw new ManagementException(
            "HTTP " + response.getStatusCode(),
            response,
            new ManagementError(error.path("code").asText(), error.path("message").asText()));
      }
      HttpHeaders headers = response.getHeaders();
      return new Answer(body, Optional.ofNullable(headers.getValue(ASYNC_OPERATION)));
    }
  }

  private static JsonNode read(String text) {
    try {
      JsonNode read = JSON.readTree(text);
      return read == null ? MissingNode.getInstance() : read;
    } catch (JsonProcessingException e) {
      // Whoever stands in between answers with pages; the status says what it means.
      return MissingNode.getInstance();
    }
  }
}
