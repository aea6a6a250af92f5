package io.arbitex.recovery.configuration;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * The fields of one mapping in a YAML file. Reading a field never throws: a mistake is added to the
 * document's list and a harmless value is returned, so that one run finds all mistakes.
 */
public final class Section {
  private static final Pattern DURATION = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)");
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([a-z0-9.-]{0,62}[a-z0-9])?");

  private final YamlDocument document;
  private final String path;
  private final int line;
  private final Map<String, Node> fields = new LinkedHashMap<>();
  private final Map<String, Integer> lines = new HashMap<>();
  private final Set<String> read = new HashSet<>();
  private final int end;
  private boolean closed;

  Section(YamlDocument document, String path, MappingNode node, int line) {
    this.document = document;
    this.path = path;
    this.line = line;
    this.end = node == null || node.getEndMark() == null ? line : node.getEndMark().getLine() + 1;
    if (node != null) {
      for (NodeTuple tuple : node.getValue()) {
        if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
          document.problem(
              YamlDocument.line(tuple.getKeyNode()), path, "a field needs a plain name");
          continue;
        }
        lines.put(key.getValue(), YamlDocument.line(key));
        if (fields.put(key.getValue(), tuple.getValueNode()) != null) {
          document.problem(YamlDocument.line(key), at(key.getValue()), "is there twice");
        }
      }
    }
  }

  /** Adds a mistake at a field of this section. */
  public void problem(String field, String message) {
    document.problem(lines.getOrDefault(field, line), at(field), message);
  }

  /** The line on which the section begins, from 1. */
  public int firstLine() {
    return line;
  }

  /** The line behind the section's last one, or the last one itself, from 1. */
  public int endLine() {
    return end;
  }

  public boolean has(String field) {
    return fields.containsKey(field);
  }

  /** Names of all fields, in the order of the file; for maps whose keys are free. */
  public List<String> names() {
    return List.copyOf(fields.keySet());
  }

  public String text(String field) {
    return scalar(field).orElseGet(() -> missing(field, ""));
  }

  public Optional<String> optionalText(String field) {
    return scalar(field);
  }

  public String text(String field, String otherwise) {
    return scalar(field).orElse(otherwise);
  }

  /** A name that may stand in topics, keys and resource names: lower case, digits, dots, dashes. */
  public String name(String field) {
    String value = text(field);
    if (!value.isEmpty() && !NAME.matcher(value).matches()) {
      problem(
          field, "'" + value + "' is no name: lower-case letters, digits, '.' and '-', at most 64");
    }
    return value;
  }

  public boolean flag(String field, boolean otherwise) {
    return parse(
        field,
        otherwise,
        value ->
            switch (value) {
              case "true" -> true;
              case "false" -> false;
              default ->
                  throw new IllegalArgumentException("is '" + value + "', allowed: true, false");
            });
  }

  public int integer(String field, int otherwise, int least, int most) {
    return parse(field, otherwise, value -> bounded(value, least, most));
  }

  public int integer(String field, int least, int most) {
    return has(field) ? integer(field, least, least, most) : missing(field, least);
  }

  private static int bounded(String value, int least, int most) {
    try {
      int number = Integer.parseInt(value);
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "is '" + value + "', allowed: a whole number from " + least + " to " + most, e);
    }
    throw new IllegalArgumentException(
        "is " + value + ", allowed: a whole number from " + least + " to " + most);
  }

  public double fraction(String field, double otherwise, double least, double most) {
    return parse(
        field,
        otherwise,
        value -> {
          try {
            double number = Double.parseDouble(value);
            if (number >= least && number <= most) {
              return number;
            }
          } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                "is '" + value + "', allowed: a number from " + least + " to " + most, e);
          }
          throw new IllegalArgumentException(
              "is " + value + ", allowed: a number from " + least + " to " + most);
        });
  }

  /** A time such as {@code 500ms}, {@code 5s}, {@code 3m}, {@code 2h}, {@code 7d}. */
  public Duration duration(String field, Duration otherwise) {
    return parse(field, otherwise, Section::duration);
  }

  private static Duration duration(String value) {
    Matcher matcher = DURATION.matcher(value);
    if (value.equals("0")) {
      return Duration.ZERO;
    }
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "is '" + value + "', allowed: a time such as 500ms, 5s, 3m, 2h, 7d");
    }
    long amount = Long.parseLong(matcher.group(1));
    return switch (matcher.group(2)) {
      case "ms" -> Duration.ofMillis(amount);
      case "s" -> Duration.ofSeconds(amount);
      case "m" -> Duration.ofMinutes(amount);
      case "h" -> Duration.ofHours(amount);
      default -> Duration.ofDays(amount);
    };
  }

  public Instant instant(String field) {
    return parse(
        field,
        Instant.EPOCH,
        value -> {
          try {
            return Instant.parse(value);
          } catch (DateTimeParseException e) {
            throw new IllegalArgumentException(
                "is '" + value + "', allowed: a UTC moment such as 2026-03-10T14:30:00Z", e);
          }
        });
  }

  public <E extends Enum<E>> E one(String field, Class<E> type, E otherwise) {
    return parse(field, otherwise, value -> symbol(type, value));
  }

  public <E extends Enum<E>> List<E> several(String field, Class<E> type, List<E> otherwise) {
    if (!has(field)) {
      return otherwise;
    }
    List<E> values = new ArrayList<>();
    for (String value : texts(field)) {
      try {
        values.add(symbol(type, value));
      } catch (IllegalArgumentException e) {
        problem(field, e.getMessage());
      }
    }
    return List.copyOf(values);
  }

  private static <E extends Enum<E>> E symbol(Class<E> type, String value) {
    String wanted = value.toUpperCase(Locale.ROOT).replace('-', '_');
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().equals(wanted))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "'"
                        + value
                        + "' is none of "
                        + Arrays.stream(type.getEnumConstants())
                            .map(
                                constant ->
                                    constant.name().toLowerCase(Locale.ROOT).replace('_', '-'))
                            .toList()));
  }

  public List<String> texts(String field) {
    read.add(field);
    Node node = fields.get(field);
    if (node == null) {
      return List.of();
    }
    if (!(node instanceof SequenceNode sequence)) {
      problem(field, "needs a list");
      return List.of();
    }
    List<String> values = new ArrayList<>();
    for (Node item : sequence.getValue()) {
      if (item instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
        values.add(scalar.getValue());
      } else {
        document.problem(YamlDocument.line(item), at(field), "needs a list of plain values");
      }
    }
    return List.copyOf(values);
  }

  /** How many items stand in a list, read or not; 0 when it is none. */
  int items(String field) {
    return fields.get(field) instanceof SequenceNode sequence ? sequence.getValue().size() : 0;
  }

  public List<String> texts(String field, List<String> otherwise) {
    return has(field) ? texts(field) : otherwise;
  }

  public List<String> requiredTexts(String field) {
    List<String> values = texts(field);
    if (!has(field)
        || (fields.get(field) instanceof SequenceNode given && given.getValue().isEmpty())) {
      problem(field, "needs at least one entry");
    }
    return values;
  }

  /** A path; a relative one is meant from the folder of the file. */
  public Path path(String field) {
    return document.resolve(text(field));
  }

  public List<Path> paths(String field) {
    return requiredTexts(field).stream().map(document::resolve).toList();
  }

  /** A reference to a secret, {@code file:PATH} or {@code env:NAME}; never the secret itself. */
  public SecretReference secret(String field) {
    String value = text(field);
    if (value.isEmpty()) {
      return SecretReference.none();
    }
    try {
      return SecretReference.of(value, document::resolve);
    } catch (IllegalArgumentException e) {
      problem(field, e.getMessage());
      return SecretReference.none();
    }
  }

  /** Where the platform reads its database connection from; null when it is missing or wrong. */
  public ConnectionSecret connectionSecret(String field) {
    String value = text(field);
    if (value.isEmpty()) {
      return null;
    }
    try {
      return ConnectionSecret.of(value, document::resolve);
    } catch (IllegalArgumentException e) {
      problem(field, e.getMessage());
      return null;
    }
  }

  /** The mapping under a field; an empty section when it is absent. */
  public Section section(String field) {
    read.add(field);
    Node node = fields.get(field);
    if (node == null) {
      return new Section(document, at(field), null, lines.getOrDefault(field, line));
    }
    return document.section(at(field), node);
  }

  public Section requiredSection(String field) {
    if (!has(field)) {
      missing(field, null);
    }
    return section(field);
  }

  /** The mappings in a list. */
  public List<Section> sections(String field) {
    read.add(field);
    Node node = fields.get(field);
    if (node == null) {
      return List.of();
    }
    if (!(node instanceof SequenceNode sequence)) {
      problem(field, "needs a list");
      return List.of();
    }
    List<Section> sections = new ArrayList<>();
    for (int i = 0; i < sequence.getValue().size(); i++) {
      sections.add(document.section(at(field) + "[" + i + "]", sequence.getValue().get(i)));
    }
    return sections;
  }

  public List<Section> requiredSections(String field) {
    List<Section> sections = sections(field);
    if (sections.isEmpty()) {
      problem(field, "needs at least one entry");
    }
    return sections;
  }

  /** Fields that cannot be judged, since what they depend on is wrong itself. */
  public void passOver(String... dependent) {
    read.addAll(List.of(dependent));
  }

  /** To be called last: a field that nobody read is a mistake. */
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    for (String field : fields.keySet()) {
      if (!read.contains(field)) {
        problem(field, "is not known here; known: " + read.stream().sorted().toList());
      }
    }
  }

  private <T> T parse(String field, T otherwise, Function<String, T> parser) {
    Optional<String> value = scalar(field);
    if (value.isEmpty()) {
      return otherwise;
    }
    try {
      return parser.apply(value.get());
    } catch (IllegalArgumentException | ArithmeticException e) {
      problem(field, e.getMessage());
      return otherwise;
    }
  }

  private <T> T missing(String field, T harmless) {
    if (!has(field)) {
      problem(field, "is missing");
    }
    return harmless;
  }

  private Optional<String> scalar(String field) {
    read.add(field);
    Node node = fields.get(field);
    if (node == null) {
      return Optional.empty();
    }
    if (node instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
      return Optional.of(scalar.getValue());
    }
    problem(field, "needs a plain value");
    return Optional.empty();
  }

  private String at(String field) {
    return path.isEmpty() ? field : path + "." + field;
  }
}
