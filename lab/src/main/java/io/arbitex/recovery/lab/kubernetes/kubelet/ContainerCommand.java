package io.arbitex.recovery.lab.kubernetes.kubelet;

import com.fasterxml.jackson.databind.JsonNode;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Makes the command lines of one container: its own, and those that are executed in it. */
final class ContainerCommand {
  private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

  /** The variable that holds the name of the pod. */
  static final String POD_NAME = "HOSTNAME";

  private static final boolean ROOT = "root".equals(System.getProperty("user.name"));

  private final JsonNode pod;
  private final JsonNode container;
  private final PodFolder folder;
  private final Image image;
  private final String podIp;

  ContainerCommand(JsonNode pod, JsonNode container, PodFolder folder, Image image, String podIp) {
    this.pod = pod;
    this.container = container;
    this.folder = folder;
    this.image = image;
    this.podIp = podIp;
  }

  private String name() {
    return container.path("name").asText();
  }

  /**
   * Links the volumes into the container's root.
   *
   * @return the translation of its mount paths
   */
  MountedPaths link(Map<String, Path> volumes) throws IOException {
    Path root = Files.createDirectories(folder.rootOf(name()));
    Files.createDirectories(root.resolve("tmp"));
    for (JsonNode mount : container.path("volumeMounts")) {
      Path volume = volumes.get(mount.path("name").asText());
      String subPath = mount.path("subPath").asText("");
      Path target = subPath.isEmpty() ? volume : volume.resolve(subPath);
      if (!subPath.isEmpty() && !Files.exists(target)) {
        Files.createDirectories(target);
      }
      Path link = root.resolve(relative(mount.path("mountPath").asText()));
      Files.createDirectories(link.getParent());
      Files.deleteIfExists(link);
      Files.createSymbolicLink(link, target);
    }
    return paths();
  }

  /** The translation of mount paths, and of {@code /tmp}, which every container has to itself. */
  MountedPaths paths() {
    Path root = folder.rootOf(name());
    Map<String, Path> mounts = new HashMap<>();
    mounts.put("/tmp", root.resolve("tmp"));
    for (JsonNode mount : container.path("volumeMounts")) {
      String path = "/" + relative(mount.path("mountPath").asText());
      mounts.put(path, root.resolve(relative(path)));
    }
    return new MountedPaths(mounts);
  }

  private static String relative(String mountPath) {
    return Path.of("/", mountPath).normalize().toString().substring(1);
  }

  /** Writes the image's programs as scripts, so that a shell in the container finds them too. */
  void writePrograms() throws IOException {
    Path programs = Files.createDirectories(folder.programs(name()));
    for (Map.Entry<String, List<String>> each : image.programs().entrySet()) {
      StringBuilder script = new StringBuilder("#!/bin/sh\nexec");
      for (String word : each.getValue()) {
        script.append(" '").append(own(word).replace("'", "'\\''")).append('\'');
      }
      Path file = programs.resolve(each.getKey());
      Files.writeString(file, script + " \"$@\"\n");
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
  }

  private String own(String word) {
    return Variables.expand(
        word,
        Map.of(
            "POD_IP", podIp,
            "POD_NAME", Meta.name(pod),
            "POD_NAMESPACE", Meta.namespace(pod)));
  }

  /** The environment of the container's first process. */
  Map<String, String> environment(
      Map<String, String> specified, MountedPaths paths, String containerId) {
    Map<String, String> all = new HashMap<>();
    all.put("HOME", folder.rootOf(name()).toString());
    all.put(POD_NAME, Meta.name(pod));
    all.put("LANG", "C.UTF-8");
    image.environment().forEach((key, value) -> all.put(key, own(value)));
    specified.forEach((key, value) -> all.put(key, paths.translate(value)));
    all.put("PATH", folder.programs(name()) + ":" + all.getOrDefault("PATH", PATH));
    all.put(ContainerProcesses.MARK, containerId);
    return all;
  }

  /**
   * What the container runs.
   *
   * @throws CannotStart when the program is not there
   */
  List<String> main(Map<String, String> environment, MountedPaths paths) throws CannotStart {
    List<String> command = words("command", environment, paths);
    List<String> args = words("args", environment, paths);
    List<String> whole = new ArrayList<>();
    if (command.isEmpty()) {
      image.command().forEach(word -> whole.add(own(word)));
      if (args.isEmpty()) {
        image.args().forEach(word -> whole.add(own(word)));
      }
    }
    whole.addAll(command);
    whole.addAll(args);
    if (whole.isEmpty()) {
      throw new CannotStart("RunContainerError", "no command specified");
    }
    try {
      return line(whole, environment);
    } catch (IOException e) {
      throw new CannotStart("RunContainerError", e.getMessage(), e);
    }
  }

  private List<String> words(String field, Map<String, String> variables, MountedPaths paths) {
    List<String> words = new ArrayList<>();
    container
        .path(field)
        .forEach(word -> words.add(paths.translate(Variables.expand(word.asText(), variables))));
    return words;
  }

  /**
   * A command line for words that are already translated.
   *
   * @throws IOException when the program is not there
   */
  List<String> line(List<String> words, Map<String, String> environment) throws IOException {
    List<String> line = new ArrayList<>();
    line.add("/usr/bin/setsid");
    Optional<String> user = user();
    if (ROOT && user.isPresent()) {
      boolean number = user.get().chars().allMatch(Character::isDigit);
      line.addAll(List.of("/usr/bin/setpriv", "--reuid", user.get(), "--regid", user.get()));
      line.add(number ? "--clear-groups" : "--init-groups");
    }
    line.add(program(words.get(0), environment));
    line.addAll(words.subList(1, words.size()));
    return line;
  }

  private Optional<String> user() {
    for (JsonNode context :
        List.of(container.path("securityContext"), pod.at("/spec/securityContext"))) {
      if (context.hasNonNull("runAsUser")) {
        return Optional.of(context.path("runAsUser").asText());
      }
    }
    return image.runsAs();
  }

  private static String program(String name, Map<String, String> environment) throws IOException {
    if (name.contains("/")) {
      // A program of the image that is asked for by its path in the image.
      Path base = Path.of(name).getFileName();
      Path own = Path.of(environment.get("PATH").split(":", 2)[0]).resolve(base);
      if (!Files.isExecutable(Path.of(name)) && Files.isExecutable(own)) {
        return own.toString();
      }
      return name;
    }
    for (String part : environment.get("PATH").split(":", -1)) {
      Path candidate = Path.of(part, name);
      if (Files.isExecutable(candidate) && !Files.isDirectory(candidate)) {
        return candidate.toString();
      }
    }
    throw new IOException("exec: \"" + name + "\": executable file not found in $PATH");
  }

  /** Where it begins. */
  Path directory(MountedPaths paths) {
    String working = container.path("workingDir").asText("");
    Path root = folder.rootOf(name());
    if (working.isEmpty()) {
      return root;
    }
    Path translated = Path.of(paths.translate(working));
    return Files.isDirectory(translated) ? translated : root;
  }
}
