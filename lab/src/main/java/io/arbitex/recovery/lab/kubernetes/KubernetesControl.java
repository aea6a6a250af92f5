package io.arbitex.recovery.lab.kubernetes;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.arbitex.recovery.lab.kubernetes.api.Misbehaviour;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Speaks to the control port of the lab's Kubernetes. */
public final class KubernetesControl {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(5);

  private final URI control;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(LIMIT).build();

  public KubernetesControl(URI control) {
    this.control = control;
  }

  /** Puts a rule in force; returns its number. */
  public int add(Misbehaviour rule) throws IOException, InterruptedException {
    return JSON.readTree(send("POST", "/misbehaviours", JSON.writeValueAsString(rule)))
        .path("id")
        .asInt();
  }

  /** Ends a rule; one that is used up is no longer there. */
  public void clear(int rule) throws IOException, InterruptedException {
    send("DELETE", "/misbehaviours/" + rule, "");
  }

  public void clearAll() throws IOException, InterruptedException {
    send("DELETE", "/misbehaviours", "");
  }

  /** Makes older watches impossible, and ends open ones with 410. */
  public void forgetHistory() throws IOException, InterruptedException {
    send("POST", "/forget-history", "");
  }

  /** Asks the process to end, with all pods. */
  public void shutdown() throws IOException, InterruptedException {
    send("POST", "/shutdown", "");
  }

  private String send(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(control.resolve(path))
            .timeout(LIMIT)
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(
          request.uri() + " answered " + response.statusCode() + ": " + response.body());
    }
    return response.body();
  }
}
