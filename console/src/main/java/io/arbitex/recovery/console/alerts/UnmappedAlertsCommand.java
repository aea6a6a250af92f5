package io.arbitex.recovery.console.alerts;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.arbitex.recovery.console.ConsoleSettings;
import io.arbitex.recovery.runtime.KafkaClients;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The alerts of the last 30 days that map to no component. */
@Command(
    name = "unmapped",
    description = {
      "Shows the alerts that map to no component, with what an entry in the inventory can name.",
      "They are kept for 30 days."
    })
final class UnmappedAlertsCommand implements Callable<Integer> {
  @Mixin private ConsoleSettings settings;

  @Option(names = "--json", description = "As JSON.")
  private boolean json;

  @Override
  public Integer call() throws Exception {
    KafkaClients clients = settings.clients(settings.read());
    List<UnmappedLetters.Letter> letters = UnmappedLetters.read(clients);
    if (json) {
      System.out.println(
          new ObjectMapper()
              .enable(SerializationFeature.INDENT_OUTPUT)
              .writeValueAsString(letters));
      return 0;
    }
    if (letters.isEmpty()) {
      System.out.println("none: every alert that came maps to a component");
    }
    for (UnmappedLetters.Letter letter : letters) {
      System.out.printf("%s by %s, ", letter.at(), letter.receiver());
      UnmappedLines.of(letter.alert(), letter.why()).forEach(System.out::println);
    }
    return 0;
  }
}
