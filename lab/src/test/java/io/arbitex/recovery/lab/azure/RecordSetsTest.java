package io.arbitex.recovery.lab.azure;

import static org.assertj.core.api.Assertions.assertThat;

import io.arbitex.recovery.configuration.Azure;
import io.arbitex.recovery.configuration.DnsRecord;
import io.arbitex.recovery.executors.azure.AzureAccess;
import io.arbitex.recovery.executors.azure.RecordSets;
import io.arbitex.recovery.executors.azure.RecordSets.Found;
import io.arbitex.recovery.lab.azure.dns.Zone;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The executors' way to a record set, in public and private zones. */
class RecordSetsTest {
  private static final String ZONE = "db.example.com";

  private static EmptyAzure azure;

  @BeforeAll
  static void start() throws Exception {
    azure =
        new EmptyAzure(
            new Inventory(
                Map.of(),
                List.of(
                    new Zone(false, EmptyAzure.GROUP, ZONE),
                    new Zone(true, EmptyAzure.GROUP, ZONE)),
                null,
                null,
                List.of(),
                null));
  }

  @AfterAll
  static void end() throws Exception {
    azure.close();
  }

  private static RecordSets records(boolean hidden, String name) throws Exception {
    URI address = azure.address();
    return new RecordSets(
        AzureAccess.open(
            new Azure(
                address,
                AzureClients.SUBSCRIPTION,
                "tenant",
                EmptyAzure.GROUP,
                new Azure.Credential.Nobody(),
                Optional.empty())),
        new DnsRecord(ZONE, EmptyAzure.GROUP, name, hidden, Duration.ofSeconds(5)));
  }

  @Test
  void whatSomebodyElseChangedMeanwhileIsNotWrittenOver() throws Exception {
    for (boolean hidden : new boolean[] {false, true}) {
      for (boolean address : new boolean[] {false, true}) {
        String old = address ? "10.0.0.1" : "old.example.net";
        String theirs = address ? "10.0.0.2" : "theirs.example.net";
        String ours = address ? "10.0.0.3" : "ours.example.net";
        RecordSets records = records(hidden, address ? "a" : "c");
        assertThat(records.find(address)).isEmpty();
        Found made = new Found(address, List.of(old), 300, Map.of("team", "data"), null);
        assertThat(records.replace(made)).isTrue();

        Found read = records.find(address).orElseThrow();
        assertThat(records.replace(read.with(List.of(theirs), 60, Map.of()))).isTrue();
        assertThat(records.replace(read.with(List.of(ours), 5, Map.of()))).isFalse();

        Found now = records.find(address).orElseThrow();
        assertThat(now.values()).containsExactly(theirs);
        assertThat(now.ttl()).isEqualTo(60);
        assertThat(records.find(!address)).isEmpty();
      }
    }
  }
}
