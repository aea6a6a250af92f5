package io.arbitex.recovery.lab.azure;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arbitex.recovery.lab.azure.api.Misbehaviour;
import io.arbitex.recovery.lab.azure.dns.Resolution;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;

/** Speaks to the control port of the lab's Azure. */
public final class AzureControl {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration CONNECT_LIMIT = Duration.ofSeconds(5);

  /** A backup takes its time. */
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private final URI control;
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(CONNECT_LIMIT).build();

  public AzureControl(URI control) {
    this.control = control;
  }

  /** Puts a rule in force; returns its number. */
  public int add(Misbehaviour rule) throws IOException, InterruptedException {
    return JSON.readTree(send("POST", "/misbehaviours", JSON.writeValueAsString(rule)))
        .path("id")
        .asInt();
  }

  /** Ends a rule; what hangs by it goes on. */
  public void clear(int rule) throws IOException, InterruptedException {
    send("DELETE", "/misbehaviours/" + rule, "");
  }

  public void clearAll() throws IOException, InterruptedException {
    send("DELETE", "/misbehaviours", "");
  }

  /** Takes a base backup of a server now, and returns when it is whole. */
  public void backup(String server) throws IOException, InterruptedException {
    send("POST", "/servers/" + server + "/backup", "");
  }

  /** Lets a server's archive lag behind, until {@link #resumeArchive}. */
  public void pauseArchive(String server) throws IOException, InterruptedException {
    send("POST", "/servers/" + server + "/pause-archive", "");
  }

  public void resumeArchive(String server) throws IOException, InterruptedException {
    send("POST", "/servers/" + server + "/resume-archive", "");
  }

  /** kill -9 of a server's PostgreSQL; returns when it is gone. */
  public void kill(String server) throws IOException, InterruptedException {
    send("POST", "/servers/" + server + "/kill", "");
  }

  /** Where a key vault is found. */
  public URI vault(String name) throws IOException, InterruptedException {
    JsonNode address = JSON.readTree(send("GET", "/vaults", "")).path(name);
    if (!address.isTextual()) {
      throw new IOException("there is no vault " + name);
    }
    return URI.create(address.asText());
  }

  /**
   * What a name resolves to now, as the network sees it.
   *
   * @throws IOException when there is no such name, too
   */
  public Resolution resolve(String name) throws IOException, InterruptedException {
    return JSON.readValue(send("GET", "/names/" + name, ""), Resolution.class);
  }

  /** Cuts what a recovery point holds in half; it is listed as before. */
  public void damage(String point) throws IOException, InterruptedException {
    send("POST", "/recovery-points/" + point + "/damage", "");
  }

  /** Deletes what a recovery point holds; it is listed as before. */
  public void lose(String point) throws IOException, InterruptedException {
    send("POST", "/recovery-points/" + point + "/lose", "");
  }

  /** Asks the process to end, with all servers. */
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
