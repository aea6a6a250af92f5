package io.arbitex.recovery.configuration;

import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Function;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;

/** A YAML file that is being read, with the mistakes found so far. */
public final class YamlDocument {
  private final String file;
  private final Path folder;
  private final List<Problem> problems = new ArrayList<>();

  private YamlDocument(String file, Path folder) {
    this.file = file;
    this.folder = folder;
  }

  /**
   * Reads a file with {@code reader}.
   *
   * @throws InvalidConfiguration with every mistake of the file
   */
  public static <T> T read(Path file, Function<Section, T> reader) throws InvalidConfiguration {
    String text;
    try {
      text = Files.readString(file, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new InvalidConfiguration(
          List.of(new Problem(file.toString(), 0, "", "there is no such file")));
    } catch (IOException e) {
      throw new InvalidConfiguration(
          List.of(new Problem(file.toString(), 0, "", "cannot be read: " + e)));
    }
    return read(file.toString(), file.toAbsolutePath().getParent(), text, reader);
  }

  /**
   * Reads a text with {@code reader}.
   *
   * @param folder where relative paths start
   * @throws InvalidConfiguration with every mistake of the text
   */
  public static <T> T read(String file, Path folder, String text, Function<Section, T> reader)
      throws InvalidConfiguration {
    YamlDocument document = new YamlDocument(file, folder);
    T value = null;
    try {
      Node root = new Yaml(new LoaderOptions()).compose(new StringReader(text));
      if (root == null) {
        document.problem(1, "", "the file is empty");
      } else {
        Section section = document.section("", root);
        value = reader.apply(section);
        section.close();
      }
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
      document.problem(line, "", "is not YAML: " + e.getProblem());
    } catch (YAMLException e) {
      document.problem(0, "", "is not YAML: " + e.getMessage());
    }
    if (!document.problems.isEmpty()) {
      document.problems.sort(Comparator.comparingInt(Problem::line));
      throw new InvalidConfiguration(document.problems);
    }
    return value;
  }

  void problem(int line, String field, String message) {
    problems.add(new Problem(file, line, field, message));
  }

  Section section(String path, Node node) {
    if (node instanceof MappingNode mapping) {
      return new Section(this, path, mapping, line(node));
    }
    problem(line(node), path, "needs fields, one 'name: value' a line");
    return new Section(this, path, null, line(node));
  }

  Path resolve(String path) {
    return folder.resolve(path).normalize();
  }

  static int line(Node node) {
    return node.getStartMark() == null ? 0 : node.getStartMark().getLine() + 1;
  }
}
