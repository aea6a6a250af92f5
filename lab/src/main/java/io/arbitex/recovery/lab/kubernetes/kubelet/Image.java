package io.arbitex.recovery.lab.kubernetes.kubelet;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What an image is on this machine.
 *
 * @param command what runs when the container names no command
 * @param args its arguments when the container names none
 * @param user as whom it runs, if the lab may choose (it is root); null for the lab's own
 * @param environment variables that the container may override
 * @param programs programs of the image and what they are here, with their first arguments; in them
 *     {@code $(POD_IP)}, {@code $(POD_NAME)} and {@code $(POD_NAMESPACE)} stand for the pod's
 */
@JsonIgnoreProperties(ignoreUnknown = false)
record Image(
    List<String> command,
    List<String> args,
    String user,
    Map<String, String> environment,
    Map<String, List<String>> programs) {
  Image {
    command = command == null ? List.of() : List.copyOf(command);
    args = args == null ? List.of() : List.copyOf(args);
    environment = environment == null ? Map.of() : Map.copyOf(environment);
    programs = programs == null ? Map.of() : Map.copyOf(programs);
  }

  Optional<String> runsAs() {
    return Optional.ofNullable(user);
  }
}
