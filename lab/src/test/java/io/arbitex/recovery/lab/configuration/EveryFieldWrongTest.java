package io.arbitex.recovery.lab.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.backup.BackupMain;
import io.arbitex.recovery.classifier.ClassifierMain;
import io.arbitex.recovery.detector.DetectorMain;
import io.arbitex.recovery.executors.ExecutorsMain;
import io.arbitex.recovery.runtime.ServiceCommand;
import io.arbitex.recovery.verifier.VerifierMain;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import picocli.CommandLine;

/**
 * The files of docs/configuration name every field. Each field is made wrong in turn: one message
 * with the field's file and line, exit status 2, and nothing is started.
 */
class EveryFieldWrongTest {
  private static final Path REFERENCE = Path.of("../docs/configuration").toAbsolutePath();

  private static final Map<String, ServiceCommand> SERVICES =
      Map.of(
          "classifier", new ClassifierMain(),
          "detector", new DetectorMain(),
          "executors", new ExecutorsMain(),
          "verifier", new VerifierMain(),
          "backup", new BackupMain());

  private static final Pattern KNOWN =
      Pattern.compile("misspelt: is not known here; known: \\[(.+)]");

  @TempDir Path folder;

  /** A value in a file: where it is, from which character to which. */
  private record Leaf(String path, int line, int from, int to) {}

  private record Ended(int status, List<String> said) {}

  @TestFactory
  Stream<DynamicTest> eachFieldInTurn() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    for (String file : List.of("platform", "runbook")) {
      addLeaves(tests, "classifier", file + ".yaml");
    }
    for (String service : SERVICES.keySet()) {
      addLeaves(tests, service, service + ".yaml");
    }
    return tests.stream();
  }

  private void addLeaves(List<DynamicTest> tests, String service, String file) throws IOException {
    String text = Files.readString(REFERENCE.resolve(file), StandardCharsets.UTF_8);
    Node root = new Yaml(new LoaderOptions()).compose(new StringReader(text));
    List<Leaf> leaves = new ArrayList<>();
    collect(leaves, "", root);
    for (Leaf leaf : leaves) {
      tests.add(
          DynamicTest.dynamicTest(
              file + ":" + leaf.line() + ": " + leaf.path(),
              () -> wrong(service, file, text, leaf)));
    }
  }

  private static void collect(List<Leaf> leaves, String path, Node node) {
    if (node instanceof ScalarNode) {
      leaves.add(
          new Leaf(
              path,
              node.getStartMark().getLine() + 1,
              node.getStartMark().getIndex(),
              node.getEndMark().getIndex()));
    } else if (node instanceof SequenceNode sequence) {
      sequence.getValue().forEach(each -> collect(leaves, path, each));
    } else if (node instanceof MappingNode mapping) {
      for (NodeTuple tuple : mapping.getValue()) {
        String key = ((ScalarNode) tuple.getKeyNode()).getValue();
        collect(leaves, path.isEmpty() ? key : path + "." + key, tuple.getValueNode());
      }
    }
  }

  private void wrong(String service, String file, String text, Leaf leaf) throws IOException {
    String bad = text.substring(0, leaf.from()) + "{wrong: here}" + text.substring(leaf.to());
    Ended ended = run(service, Map.of(file, bad));
    assertThat(ended.status()).as("%s", ended.said()).isEqualTo(2);
    assertThat(ended.said()).hasSize(1);
    String key = leaf.path().substring(leaf.path().lastIndexOf('.') + 1);
    assertThat(ended.said().get(0))
        .startsWith(folder.resolve(file) + ":" + leaf.line() + ": ")
        .contains(key);
  }

  /**
   * A misspelt field is told with what is known there; by that, the reference is held to name all.
   */
  @TestFactory
  Stream<DynamicTest> theReferenceNamesEveryFieldThatIsKnown() throws IOException {
    List<DynamicTest> tests = new ArrayList<>();
    addMappings(tests, "classifier", "platform.yaml");
    addMappings(tests, "classifier", "runbook.yaml");
    for (String service : SERVICES.keySet()) {
      addMappings(tests, service, service + ".yaml");
    }
    return tests.stream();
  }

  private void addMappings(List<DynamicTest> tests, String service, String file)
      throws IOException {
    String text = Files.readString(REFERENCE.resolve(file), StandardCharsets.UTF_8);
    List<MappingNode> mappings = new ArrayList<>();
    collect(mappings, new Yaml(new LoaderOptions()).compose(new StringReader(text)));
    for (MappingNode mapping : mappings) {
      tests.add(
          DynamicTest.dynamicTest(
              file + ":" + (mapping.getStartMark().getLine() + 1),
              () -> misspelt(service, file, text, mapping)));
    }
  }

  private static void collect(List<MappingNode> mappings, Node node) {
    if (node instanceof SequenceNode sequence) {
      sequence.getValue().forEach(each -> collect(mappings, each));
    } else if (node instanceof MappingNode mapping) {
      mappings.add(mapping);
      mapping.getValue().forEach(tuple -> collect(mappings, tuple.getValueNode()));
    }
  }

  private void misspelt(String service, String file, String text, MappingNode mapping)
      throws IOException {
    Node key = mapping.getValue().get(mapping.getValue().size() - 1).getKeyNode();
    String bad =
        text.substring(0, key.getStartMark().getIndex())
            + "misspelt"
            + text.substring(key.getEndMark().getIndex());
    List<String> named =
        mapping.getValue().stream()
            .map(tuple -> ((ScalarNode) tuple.getKeyNode()).getValue())
            .toList();
    for (String line : run(service, Map.of(file, bad)).said()) {
      Matcher known = KNOWN.matcher(line);
      if (known.find()) {
        assertThat(named).as(line).contains(known.group(1).split(", "));
      }
    }
  }

  private Ended run(String service, Map<String, String> changed) throws IOException {
    try (Stream<Path> files = Files.list(REFERENCE)) {
      for (Path each : files.filter(path -> path.toString().endsWith(".yaml")).toList()) {
        String name = each.getFileName().toString();
        String text = Files.readString(each, StandardCharsets.UTF_8);
        Files.writeString(folder.resolve(name), changed.getOrDefault(name, text));
      }
    }
    PrintStream before = System.err;
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    System.setErr(new PrintStream(said, true, StandardCharsets.UTF_8));
    int status;
    try {
      status =
          new CommandLine(SERVICES.get(service))
              .execute("--config", folder.resolve(service + ".yaml").toString());
    } finally {
      System.setErr(before);
    }
    return new Ended(status, said.toString(StandardCharsets.UTF_8).lines().toList());
  }
}
