package io.arbitex.recovery.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CatalogueTest {

  /**
   * Holds the generated class against the kept text. After a deliberate change before a release, or
   * for a new version, {@code -Dcatalogue.write} writes the text anew.
   */
  @ParameterizedTest
  @EnumSource(RecordType.class)
  void keptTextIsWhatThisBuildWrites(RecordType type) throws IOException {
    if (Boolean.getBoolean("catalogue.write")) {
      Files.writeString(
          Path.of("src/main/resources/catalogue/" + type.currentId() + ".avsc"),
          type.schema().toString(true) + "\n");
      return;
    }
    assertThat(Framing.kept(type.currentId()))
        .as("a changed record needs a new id, and its text in the catalogue")
        .isEqualTo(type.schema());
  }

  @ParameterizedTest
  @EnumSource(RecordType.class)
  void everyVersionReadsEveryOther(RecordType type) {
    List<Schema> versions = type.ids().stream().map(Framing::kept).toList();
    for (Schema reader : versions) {
      for (Schema writer : versions) {
        assertThat(SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getType())
            .as("reader %s of writer %s", reader, writer)
            .isEqualTo(SchemaCompatibilityType.COMPATIBLE);
      }
    }
  }

  @Test
  void anIdBelongsToOneSchema() {
    List<Integer> ids =
        Arrays.stream(RecordType.values()).flatMap(type -> type.ids().stream()).toList();
    assertThat(ids).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @EnumSource(RecordType.class)
  void everyEnumNamesADefaultSoThatAnOlderReaderSurvivesANewSymbol(RecordType type) {
    assertThat(enums(type.schema()).filter(schema -> schema.getEnumDefault() == null)).isEmpty();
  }

  private static Stream<Schema> enums(Schema schema) {
    return switch (schema.getType()) {
      case ENUM -> Stream.of(schema);
      case RECORD -> schema.getFields().stream().flatMap(field -> enums(field.schema()));
      case ARRAY -> enums(schema.getElementType());
      case UNION -> schema.getTypes().stream().flatMap(CatalogueTest::enums);
      default -> Stream.empty();
    };
  }

  @ParameterizedTest
  @EnumSource(Topic.class)
  void everyTopicSaysHowLongItKeeps(Topic topic) {
    assertThat(topic.settings()).containsKeys("cleanup.policy", "retention.ms");
    assertThat(Topic.of(topic.topicName())).contains(topic);
  }

  @ParameterizedTest
  @EnumSource(Worker.class)
  void everyWorkerHasACommandTopic(Worker worker) {
    assertThat(Topic.commandsOf(worker).record()).contains(RecordType.STEP_COMMAND);
    assertThat(Worker.of(worker.id())).isEqualTo(worker);
  }
}
