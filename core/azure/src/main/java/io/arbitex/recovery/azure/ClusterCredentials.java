package io.arbitex.recovery.azure;

import com.azure.core.http.HttpPipeline;
import io.arbitex.recovery.configuration.Azure;
import io.arbitex.recovery.configuration.Kubeconfig;
import io.arbitex.recovery.configuration.NoSuchCluster;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;

/**
 * The user credentials of one managed cluster, as Azure gives them out, kept in memory for some
 * minutes. When Azure does not answer, the last ones are used on: the cluster may be well all the
 * same, and observers must not go blind. They are forgotten when the cluster refuses them, and when
 * Azure says that it has no such cluster.
 *
 * <p>Azure is asked by one thread at a time, and nobody waits for it longer than his patience: what
 * comes later counts for whoever asks next. So an observer's look ends in time, however long a
 * token takes.
 */
public final class ClusterCredentials implements Kubeconfig {
  /** A certificate that was renewed counts from then on. */
  private static final long FRESH = Duration.ofMinutes(5).toNanos();

  /** After no answer, nobody waits for Azure again until then. */
  private static final long PAUSE = Duration.ofSeconds(10).toNanos();

  /** What is refused and given out once more is not asked for again until then. */
  private static final long REFUSED_AGAIN = Duration.ofSeconds(30).toNanos();

  /** A question that is older is no longer waited for. */
  private static final long GIVEN_UP = Duration.ofMinutes(2).toNanos();

  private final CredentialsRequest request;
  private final Duration patience;
  private final LongSupplier nanoTime;
  private HttpPipeline way;
  private String known;
  private long knownAt;
  private String refused;
  private IOException failure;
  private long failedAt;
  private CompletableFuture<String> question;
  private long askedAt;

  /**
   * @param group resource group of the cluster
   * @param name of the cluster in Azure
   * @param patience how long a caller waits for Azure
   */
  public ClusterCredentials(Azure azure, String group, String name, Duration patience) {
    this(azure, group, name, patience, System::nanoTime);
  }

  ClusterCredentials(
      Azure azure, String group, String name, Duration patience, LongSupplier nanoTime) {
    this.request = new CredentialsRequest(azure, group, name);
    this.patience = patience;
    this.nanoTime = nanoTime;
  }

  @Override
  public String content() throws IOException {
    CompletableFuture<String> asked;
    synchronized (this) {
      if (known != null && since(knownAt) < FRESH) {
        return known;
      }
      if (failure != null && since(failedAt) < PAUSE) {
        return lastOr(failure);
      }
      asked = ask();
    }
    try {
      return asked.get(patience.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      return lastAfter(
          new IOException(request + ": no answer within " + patience.toMillis() + " ms", e));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof NoSuchCluster gone) {
        throw gone;
      }
      return lastAfter(new IOException(e.getCause().getMessage(), e.getCause()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      InterruptedIOException interrupted = new InterruptedIOException("interrupted: " + request);
      interrupted.initCause(e);
      throw interrupted;
    }
  }

  @Override
  public synchronized void refused(String content) {
    boolean again = content.equals(refused) && since(knownAt) < REFUSED_AGAIN;
    if (content.equals(known) && !again) {
      refused = content;
      known = null;
    }
  }

  private synchronized String lastAfter(IOException error) throws IOException {
    failure = error;
    failedAt = nanoTime.getAsLong();
    return lastOr(error);
  }

  private String lastOr(IOException error) throws IOException {
    if (known == null) {
      throw new IOException(error.getMessage(), error);
    }
    return known;
  }

  private long since(long moment) {
    return nanoTime.getAsLong() - moment;
  }

  /** Joins the question that is under way, or asks. */
  private CompletableFuture<String> ask() {
    if (question == null || question.isDone() || since(askedAt) > GIVEN_UP) {
      CompletableFuture<String> asking = new CompletableFuture<>();
      Thread thread = new Thread(() -> ask(asking), "credentials-of-" + request.name());
      thread.setDaemon(true);
      question = asking;
      askedAt = nanoTime.getAsLong();
      thread.start();
    }
    return question;
  }

  private void ask(CompletableFuture<String> asking) {
    try {
      String content = request.send(way());
      keep(content);
      asking.complete(content);
    } catch (NoSuchCluster e) {
      keep(null);
      asking.completeExceptionally(e);
    } catch (IOException | RuntimeException e) {
      asking.completeExceptionally(e);
    }
  }

  private synchronized HttpPipeline way() throws IOException {
    if (way == null) {
      way = AzurePipelines.toResourceManager(request.azure());
    }
    return way;
  }

  private synchronized void keep(String content) {
    known = content;
    knownAt = nanoTime.getAsLong();
    failure = null;
  }

  /** Never the content. */
  @Override
  public String toString() {
    return request.toString();
  }
}
