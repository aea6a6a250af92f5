package io.arbitex.recovery.lab.world;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;

/** The key vault that has the values of the platform's Secret. */
final class PlatformVault {
  static final String NAME = "arbitex-kv";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final LabPlan plan;

  PlatformVault(LabPlan plan) {
    this.plan = plan;
  }

  /** Its address. */
  static String url(LabPlan plan) {
    return "http://127.0.0.1:" + plan.azure().orElseThrow().vault();
  }

  /** The name of a value: a vault has no underscore in them. */
  static String name(String key) {
    return key.replace('_', '-');
  }

  /** Sets all values, by the key of the Secret. */
  void fill(Map<String, String> secrets) throws IOException, InterruptedException {
    HttpClient http = HttpClient.newBuilder().connectTimeout(LIMIT).build();
    for (Map.Entry<String, String> each : secrets.entrySet()) {
      URI place =
          URI.create(url(plan) + "/secrets/" + name(each.getKey()) + "?api-version=2025-07-01");
      HttpRequest request =
          HttpRequest.newBuilder(place)
              .timeout(LIMIT)
              .header("Content-Type", "application/json")
              .PUT(
                  HttpRequest.BodyPublishers.ofString(
                      JSON.writeValueAsString(Map.of("value", each.getValue()))))
              .build();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != 200) {
        throw new LabFailure("the key vault takes no " + each.getKey() + ": " + answer.body());
      }
    }
  }
}
