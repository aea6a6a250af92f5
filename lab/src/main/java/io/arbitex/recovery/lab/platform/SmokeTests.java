package io.arbitex.recovery.lab.platform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;

/**
 * The platform's smoke tests, run in one of its pods against that pod itself. One line for each;
 * exit status 0 only when all have passed. The first failure ends them.
 */
public final class SmokeTests {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final PlatformEnvironment environment;
  private final PrintStream out;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(LIMIT).build();

  private SmokeTests(PlatformEnvironment environment, PrintStream out) {
    this.environment = environment;
    this.out = out;
  }

  public static void main(String[] arguments) throws InterruptedException {
    System.exit(run(System.getenv(), System.out));
  }

  static int run(Map<String, String> variables, PrintStream out) throws InterruptedException {
    PlatformEnvironment environment;
    try {
      environment = PlatformEnvironment.of(variables);
    } catch (IllegalArgumentException e) {
      out.println("FAILED environment: " + e.getMessage());
      return 1;
    }
    return new SmokeTests(environment, out).all() ? 0 : 1;
  }

  /** A test; what it returns is printed beside its name. */
  private interface Check {
    String run() throws IOException, InterruptedException, Failed;
  }

  private static final class Failed extends Exception {
    private static final long serialVersionUID = 1L;

    Failed(String message) {
      super(message);
    }
  }

  private boolean all() throws InterruptedException {
    return passes("health", this::health)
        && passes("audit chain", this::auditChain)
        && passes("event", this::event)
        && (environment.redisUrl().isEmpty() || passes("session", this::session));
  }

  private boolean passes(String name, Check check) throws InterruptedException {
    try {
      out.println("passed " + name + ": " + check.run());
      return true;
    } catch (IOException | Failed e) {
      out.println("FAILED " + name + ": " + e.getMessage());
      return false;
    }
  }

  private String health() throws IOException, InterruptedException, Failed {
    return send(request("/health"), 200).path("status").asText();
  }

  private String auditChain() throws IOException, InterruptedException, Failed {
    JsonNode found = verify();
    return found.path("checked").asLong() + " of " + found.path("events").asLong() + " checked";
  }

  private JsonNode verify() throws IOException, InterruptedException, Failed {
    JsonNode found =
        send(
            request("/v1/admin/audit/verify")
                .header("Authorization", "Bearer " + environment.adminToken()),
            200);
    demand(found.path("chain_valid").asBoolean(), "the audit chain is broken");
    return found;
  }

  private String event() throws IOException, InterruptedException, Failed {
    long before = verify().path("events").asLong();
    String body =
        JSON.createObjectNode()
            .put("tenant", 1)
            .put("actor", "smoke")
            .put("action", "smoke")
            .set("payload", JSON.createObjectNode().put("request", "smoke-" + UUID.randomUUID()))
            .toString();
    long id = send(post("/v1/events", body), 201).path("id").asLong();
    long after = verify().path("events").asLong();
    demand(id > before && after >= id, before + " events before, " + id + " its id, " + after);
    return "appended as " + id;
  }

  private String session() throws IOException, InterruptedException, Failed {
    JsonNode made = send(post("/v1/sessions", "{\"tenant\":1,\"user\":\"smoke\"}"), 201);
    JsonNode found = send(request("/v1/sessions/" + made.path("id").asText()), 200);
    demand(made.equals(found), "what is read is not what was written");
    return "written and read";
  }

  private static void demand(boolean holds, String otherwise) throws Failed {
    if (!holds) {
      throw new Failed(otherwise);
    }
  }

  private HttpRequest.Builder request(String path) {
    URI address = URI.create("http://" + environment.host() + ":" + environment.port() + path);
    return HttpRequest.newBuilder(address).timeout(LIMIT);
  }

  private HttpRequest.Builder post(String path, String body) {
    return request(path)
        .header("Content-Type", "application/json")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private JsonNode send(HttpRequest.Builder builder, int expected)
      throws IOException, InterruptedException, Failed {
    HttpRequest request = builder.build();
    HttpResponse<byte[]> response;
    try {
      response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw new IOException(request.uri().getPath() + ": " + e, e);
    }
    demand(
        response.statusCode() == expected,
        request.uri().getPath() + " answered " + response.statusCode() + ", not " + expected);
    return JSON.readTree(response.body());
  }
}
