package io.arbitex.recovery.azure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.arbitex.recovery.configuration.NoSuchCluster;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterCredentialsTest {
  private static final String FIRST = "users: [{user: {token: first-secret}}]";
  private static final String SECOND = "users: [{user: {token: second-secret}}]";

  private final AtomicLong now = new AtomicLong(1);
  private FakeAzure azure;
  private ClusterCredentials credentials;

  @BeforeEach
  void begin() throws Exception {
    azure = new FakeAzure();
    credentials = credentials(Duration.ofSeconds(10));
  }

  @AfterEach
  void end() {
    azure.close();
  }

  private ClusterCredentials credentials(Duration patience) throws Exception {
    return new ClusterCredentials(
        azure.platform().azure().orElseThrow(), "arbitex-rg", "arbitex-aks-2", patience, now::get);
  }

  private void passes(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void azureIsAskedOnceInSomeMinutes() throws Exception {
    azure.gives(FIRST);
    assertThat(credentials.content()).isEqualTo(FIRST);
    azure.gives(SECOND);
    passes(Duration.ofMinutes(4));
    assertThat(credentials.content()).isEqualTo(FIRST);
    assertThat(azure.asked())
        .containsExactly(
            "POST /subscriptions/s-1/resourceGroups/arbitex-rg/providers"
                + "/Microsoft.ContainerService/managedClusters/arbitex-aks-2"
                + "/listClusterUserCredential?api-version=2025-09-01");
    passes(Duration.ofMinutes(2));
    assertThat(credentials.content()).isEqualTo(SECOND);
  }

  @Test
  void whileAzureIsAwayTheLastOnesAreUsedOn() throws Exception {
    azure.gives(FIRST);
    credentials.content();
    azure.refuses(500, "InternalServerError");
    passes(Duration.ofHours(3));
    assertThat(credentials.content()).isEqualTo(FIRST);
    int asked = azure.asked().size();
    assertThat(credentials.content()).isEqualTo(FIRST);
    assertThat(azure.asked()).as("nobody waits for it again at once").hasSize(asked);
    azure.gives(SECOND);
    passes(Duration.ofSeconds(11));
    assertThat(credentials.content()).isEqualTo(SECOND);
  }

  @Test
  void nobodyWaitsLongerThanHisPatienceAndWhatComesLaterCounts() throws Exception {
    ClusterCredentials hasty = credentials(Duration.ofMillis(200));
    azure.isSilent();
    assertThatThrownBy(hasty::content)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no answer within 200 ms");
    passes(Duration.ofSeconds(11));
    assertThatThrownBy(hasty::content).hasMessageContaining("no answer within 200 ms");
    assertThat(azure.asked()).as("one question at a time").hasSize(1);
    azure.gives(FIRST);
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    Throwable last = new IOException("not asked");
    while (last != null && System.nanoTime() < end) {
      passes(Duration.ofSeconds(11));
      last = catchThrowable(hasty::content);
    }
    assertThat(last).isNull();
    assertThat(hasty.content()).isEqualTo(FIRST);
  }

  @Test
  void whatTheClusterRefusesIsAskedForAnew() throws Exception {
    azure.gives(FIRST);
    credentials.refused(credentials.content());
    azure.gives(SECOND);
    assertThat(credentials.content()).isEqualTo(SECOND);
    credentials.refused(FIRST);
    azure.refuses(409, "OperationNotAllowed");
    assertThat(credentials.content())
        .as("a client of before says nothing of the new ones")
        .isEqualTo(SECOND);
  }

  @Test
  void whatTheClusterRefusesIsNotUsedOnWhenAzureIsAway() throws Exception {
    azure.gives(FIRST);
    credentials.refused(credentials.content());
    azure.refuses(409, "OperationNotAllowed");
    assertThatThrownBy(credentials::content).isInstanceOf(IOException.class);
  }

  /** A cluster that refuses what Azure gives out would have Azure asked by every look. */
  @Test
  void whatIsGivenOutOnceMoreAndRefusedAgainIsNotAskedForAtOnce() throws Exception {
    azure.gives(FIRST);
    for (int look = 0; look < 10; look++) {
      credentials.refused(credentials.content());
      passes(Duration.ofSeconds(1));
    }
    assertThat(azure.asked()).hasSize(2);
    passes(Duration.ofSeconds(30));
    credentials.refused(FIRST);
    credentials.content();
    assertThat(azure.asked()).hasSize(3);
  }

  @Test
  void aClusterThatAzureDoesNotHaveIsToldApartAndItsCredentialsAreForgotten() throws Exception {
    azure.gives(FIRST);
    credentials.content();
    azure.refuses(404, "ResourceNotFound");
    passes(Duration.ofMinutes(6));
    assertThatThrownBy(credentials::content)
        .isInstanceOf(NoSuchCluster.class)
        .hasMessageContaining("Azure has no cluster arbitex-aks-2")
        .hasMessageContaining("arbitex-rg");
    azure.refuses(409, "OperationNotAllowed");
    assertThatThrownBy(credentials::content)
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(NoSuchCluster.class);
    azure.gives(SECOND);
    passes(Duration.ofSeconds(11));
    assertThat(credentials.content()).isEqualTo(SECOND);
  }

  /** Each look of an observer that says "gone" is an answer of its own. */
  @Test
  void thatThereIsNoneIsNotRemembered() throws Exception {
    azure.refuses(404, "ResourceNotFound");
    assertThatThrownBy(credentials::content).isInstanceOf(NoSuchCluster.class);
    assertThatThrownBy(credentials::content).isInstanceOf(NoSuchCluster.class);
    assertThat(azure.asked()).hasSize(2);
    azure.gives(FIRST);
    assertThat(credentials.content()).isEqualTo(FIRST);
  }

  /** A gateway's page, a group that is misspelt, a role that is missing. */
  @ParameterizedTest
  @CsvSource({
    "404,ResourceGroupNotFound",
    "404,SubscriptionNotFound",
    "403,AuthorizationFailed",
    "401,ExpiredAuthenticationToken",
    "409,OperationNotAllowed"
  })
  void everyOtherRefusalSaysNothingOfTheCluster(int status, String word) throws Exception {
    azure.refuses(status, word);
    assertThatThrownBy(credentials::content)
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(NoSuchCluster.class)
        .hasMessageContaining("HTTP " + status + ", " + word + ": it is so");
  }

  @Test
  void aPageWithoutAWordOfAzureSaysNothingOfTheCluster() {
    azure.says(404, "<html>not here</html>");
    assertThatThrownBy(credentials::content)
        .isInstanceOf(IOException.class)
        .isNotInstanceOf(NoSuchCluster.class);
  }

  @Test
  void theSecretIsInNoText() throws Exception {
    azure.gives(FIRST);
    credentials.content();
    assertThat(credentials + " " + azure.platform().boundTo(credentials))
        .contains("Azure's user credentials of the cluster arbitex-aks-2")
        .doesNotContain("first-secret");
    String encoded = Base64.getEncoder().encodeToString(FIRST.getBytes(StandardCharsets.UTF_8));
    for (String damaged :
        new String[] {
          "{\"kubeconfigs\":[{\"value\":\"" + encoded + "\"",
          "{\"kubeconfigs\":[{\"value\":\"!" + encoded + "\"}]}",
          "{\"kubeconfigs\":[{\"value\":{\"in\":\"" + encoded + "\"}}]}",
          "{\"kubeconfigs\":\"" + encoded + "\"}"
        }) {
      azure.says(200, damaged);
      Throwable thrown = catchThrowable(credentials(Duration.ofSeconds(10))::content);
      assertThat(thrown).isInstanceOf(IOException.class);
      StringWriter whole = new StringWriter();
      thrown.printStackTrace(new PrintWriter(whole));
      assertThat(whole.toString()).doesNotContain("first-secret").doesNotContain(encoded);
    }
  }

  @Test
  void whoeverIsInterruptedGoesAtOnceAndStaysInterrupted() {
    azure.isSilent();
    Thread.currentThread().interrupt();
    assertThatThrownBy(credentials::content).isInstanceOf(InterruptedIOException.class);
    assertThat(Thread.interrupted()).isTrue();
  }
}
