package io.arbitex.recovery.lab.azure;

import static io.arbitex.recovery.lab.azure.EmptyAzure.GROUP;
import static io.arbitex.recovery.lab.azure.TestAzure.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.azure.core.exception.HttpResponseException;
import com.azure.resourcemanager.dns.DnsZoneManager;
import com.azure.resourcemanager.dns.fluent.models.RecordSetInner;
import com.azure.resourcemanager.dns.models.CnameRecord;
import com.azure.resourcemanager.dns.models.RecordType;
import com.azure.security.keyvault.secrets.SecretClient;
import io.arbitex.recovery.lab.world.PostgresTools;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The process over HTTPS is killed, and starts again: secrets and records are as they were. */
class RecordsRestartTest {
  private Path folder;
  private Process process;
  private int port;
  private int controlPort;

  @BeforeEach
  void prepare() throws Exception {
    folder = TestAzure.folder();
    port = TestAzure.freePort();
    controlPort = TestAzure.freePort();
  }

  private void startProcess() throws Exception {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                LabAzure.class.getName(),
                "--https",
                "--port=" + port,
                "--control-port=" + controlPort,
                "--postgresql=" + PostgresTools.find(),
                "--resource-group=" + GROUP,
                "--vault=kv-prod",
                "--dns-zone=" + GROUP + "/dr.example.com",
                "--state-folder=" + folder.resolve("state"))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve("azure.log").toFile()))
            .start();
    until("it answers", () -> control().vault("kv-prod") != null);
  }

  private AzureControl control() {
    return new AzureControl(URI.create("http://127.0.0.1:" + controlPort));
  }

  private String token() throws Exception {
    return Files.readString(folder.resolve("state/token")).strip();
  }

  private SecretClient secrets(String token) throws Exception {
    return AzureClients.secureSecrets(
        control().vault("kv-prod"), folder.resolve("state/certificate.pem"), token);
  }

  private DnsZoneManager dns() throws Exception {
    return AzureClients.secureDns(
        URI.create("https://127.0.0.1:" + port), folder.resolve("state/certificate.pem"), token());
  }

  @AfterEach
  void end() throws Exception {
    if (process != null) {
      process.destroyForcibly().waitFor(30, TimeUnit.SECONDS);
    }
    TestAzure.delete(folder);
  }

  @Test
  void secretsAndRecordsSurviveAKill() throws Exception {
    startProcess();
    SecretClient before = secrets(token());
    String old = before.setSecret("password", "one").getProperties().getVersion();
    before.setSecret("password", "two");
    assertThatThrownBy(() -> secrets("wrong").getSecret("password"))
        .isInstanceOfSatisfying(
            HttpResponseException.class,
            e -> assertThat(e.getResponse().getStatusCode()).isEqualTo(401));
    RecordSetInner made =
        dns()
            .serviceClient()
            .getRecordSets()
            .createOrUpdate(
                GROUP,
                "dr.example.com",
                "db",
                RecordType.CNAME,
                new RecordSetInner()
                    .withTtl(30L)
                    .withMetadata(Map.of("before", "pg-prod"))
                    .withCnameRecord(new CnameRecord().withCname("127.9.77.1")));

    process.destroyForcibly().waitFor();
    startProcess();

    // The same client finds the vault again: its address has stayed.
    assertThat(before.getSecret("password").getValue()).isEqualTo("two");
    assertThat(before.getSecret("password", old).getValue()).isEqualTo("one");
    RecordSetInner found =
        dns().serviceClient().getRecordSets().get(GROUP, "dr.example.com", "db", RecordType.CNAME);
    assertThat(found.etag()).isEqualTo(made.etag());
    assertThat(found.metadata()).containsEntry("before", "pg-prod");
    assertThat(control().resolve("db.dr.example.com").addresses()).containsExactly("127.9.77.1");
  }
}
