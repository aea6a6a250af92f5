package io.arbitex.recovery.lab.azure.servers;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.arbitex.recovery.lab.azure.operations.Operation;
import io.arbitex.recovery.lab.azure.operations.Work;
import java.io.IOException;
import java.util.Map;

/** Changes what a server is: its high availability and its tags. */
public final class UpdateServer implements Work {
  /** The mode of high availability; absent to leave it. */
  public static final String HIGH_AVAILABILITY = "highAvailability";

  /** All tags as JSON; absent to leave them. */
  public static final String TAGS = "tags";

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Servers servers;

  public UpdateServer(Servers servers) {
    this.servers = servers;
  }

  @Override
  public void run(Operation operation) throws IOException {
    Map<String, String> wanted = operation.parameters();
    String mode = wanted.get(HIGH_AVAILABILITY);
    String text = wanted.get(TAGS);
    Map<String, String> tags =
        text == null ? null : JSON.readValue(text, new TypeReference<Map<String, String>>() {});
    servers.change(
        operation.target(),
        each -> {
          FlexibleServer changed = mode == null ? each : each.withHighAvailability(mode);
          changed = tags == null ? changed : changed.withShape(changed.shape().withTags(tags));
          return changed.withState(ServerState.READY);
        });
  }

  @Override
  public void abandon(Operation operation) {
    Before.putBack(servers, operation);
  }
}
