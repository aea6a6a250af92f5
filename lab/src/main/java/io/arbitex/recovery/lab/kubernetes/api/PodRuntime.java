package io.arbitex.recovery.lab.kubernetes.api;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What the API server asks of the node on which a pod runs. */
public interface PodRuntime {
  /**
   * A command in the environment of a running container, not started yet.
   *
   * @param container empty for the pod's first
   * @throws io.arbitex.recovery.lab.kubernetes.objects.ApiFailure when it does not run
   */
  ProcessBuilder exec(JsonNode pod, String container, List<String> command) throws IOException;

  /**
   * The file with a container's output.
   *
   * @param container empty for the pod's first
   * @param previous whether of the run before this
   */
  Path log(JsonNode pod, String container, boolean previous);

  /** How much a persistent volume holds; 0 for one that cannot be mounted here. */
  long usedBytes(JsonNode volume) throws IOException;
}
