package io.arbitex.recovery.console;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.arbitex.recovery.console.feed.RecordFeed;
import io.arbitex.recovery.console.report.FinalTable;
import io.arbitex.recovery.console.report.IncidentRecords;
import io.arbitex.recovery.console.report.MarkdownReport;
import io.arbitex.recovery.console.report.Summary;
import io.arbitex.recovery.record.IncidentEvent;
import io.arbitex.recovery.runtime.KafkaClients;
import io.arbitex.recovery.runtime.SchemaTopic;
import io.arbitex.recovery.schemas.Topic;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.apache.avro.specific.SpecificRecordBase;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** One incident: a table, the whole post-mortem, or JSON. */
@Command(name = "incident", description = "Shows an incident; the newest one without an id.")
final class IncidentCommand implements Callable<Integer> {
  private enum Format {
    TABLE,
    MARKDOWN,
    JSON
  }

  @Mixin private ConsoleSettings settings;

  @Parameters(arity = "0..1", paramLabel = "ID", description = "The incident.")
  private String id;

  @Option(
      names = "--format",
      defaultValue = "table",
      description = "One of: ${COMPLETION-CANDIDATES}.")
  private Format format;

  @Override
  public Integer call() throws Exception {
    KafkaClients clients = settings.clients(settings.read());
    List<SpecificRecordBase> all = new ArrayList<>();
    try (RecordFeed feed =
        new RecordFeed(
            clients,
            new SchemaTopic(clients).framing(),
            List.of(
                Topic.INCIDENTS,
                Topic.PLANS,
                Topic.PROGRESS,
                Topic.VALIDATIONS,
                Topic.PHASE_METRICS))) {
      feed.toEnd((record, value) -> all.add(value));
    }
    Optional<String> wanted =
        Optional.ofNullable(id)
            .or(
                () ->
                    all.stream()
                        .filter(IncidentEvent.class::isInstance)
                        .map(IncidentEvent.class::cast)
                        .filter(event -> !event.getIncidentId().isEmpty())
                        .max(Comparator.comparing(IncidentEvent::getAt))
                        .map(IncidentEvent::getIncidentId));
    IncidentRecords records = new IncidentRecords(wanted.orElse(""));
    all.forEach(records::add);
    if (records.events().isEmpty()) {
      System.err.println(
          id == null ? "there was no incident yet" : "no incident '" + id + "'; see `dr status`");
      return 1;
    }
    Summary summary = Summary.of("", records);
    switch (format) {
      case TABLE -> FinalTable.lines(summary).forEach(System.out::println);
      case MARKDOWN -> System.out.print(MarkdownReport.of(records, summary));
      case JSON ->
          System.out.println(
              new ObjectMapper()
                  .enable(SerializationFeature.INDENT_OUTPUT)
                  .writeValueAsString(summary));
    }
    return 0;
  }
}
