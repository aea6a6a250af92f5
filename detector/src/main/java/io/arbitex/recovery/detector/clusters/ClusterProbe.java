package io.arbitex.recovery.detector.clusters;

import io.arbitex.recovery.checks.kubernetes.ClusterClients;
import io.arbitex.recovery.checks.kubernetes.CrashLoops;
import io.arbitex.recovery.configuration.Cluster;
import io.arbitex.recovery.configuration.Kubernetes;
import io.arbitex.recovery.configuration.NoSuchCluster;
import io.arbitex.recovery.detector.Observation;
import io.arbitex.recovery.detector.Probe;
import io.arbitex.recovery.detector.ProbeInCluster;
import io.arbitex.recovery.detector.network.NoAnswer;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import io.fabric8.kubernetes.api.model.Node;
import io.fabric8.kubernetes.api.model.NodeCondition;
import io.fabric8.kubernetes.api.model.NodeList;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks a cluster's API server how it is, which nodes are ready, and which pods crash. */
public final class ClusterProbe implements Probe, ProbeInCluster, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(ClusterProbe.class);

  /** Out of the API server's cache: it is asked in each round, and /readyz tells of etcd. */
  private static final String CACHED = "?resourceVersion=0";

  /** A token that a plugin of the kubeconfig fetches counts from then on. */
  private static final Duration OPEN_ANEW = Duration.ofMinutes(5);

  private final Kubernetes own;
  private final Duration connect;
  private final Duration limit;
  private final ClusterJudge judge;
  private KubernetesClient client;
  private Kubernetes opened;
  private String kubeconfig;
  private long openedAt;

  /**
   * @param own the inventory's cluster, which is asked where no other is named
   * @param timeout for a connection; and what is waited for an answer after {@code slow}, since one
   *     that is slow must be told apart from none
   */
  public ClusterProbe(Kubernetes own, Cluster cluster, Duration timeout) {
    this.own = own;
    this.connect = timeout;
    this.limit = limit(cluster, timeout);
    this.judge = new ClusterJudge(cluster.nodes(), cluster.slow());
  }

  /** How long a look takes at most. */
  public static Duration limit(Cluster cluster, Duration timeout) {
    return cluster.slow().plus(timeout);
  }

  /**
   * Every question has a limit of its own, so it is not the cluster that is late: a plugin that
   * fetches the observer's token has none.
   */
  @Override
  public Observation hung(Instant at, Duration limit) {
    return Observation.unknown(
        "the observer does not get as far as asking the cluster, for " + limit.toMillis() + " ms",
        at);
  }

  @Override
  public Observation look(Instant at) throws InterruptedException {
    return look(own, at);
  }

  @Override
  public synchronized Observation look(Kubernetes cluster, Instant at) throws InterruptedException {
    KubernetesClient asked;
    try {
      asked = client(cluster);
    } catch (NoSuchCluster e) {
      drop();
      return new Observation(HealthStatus.DOWN, Symptom.UNREACHABLE, e.getMessage(), at);
    } catch (IOException e) {
      drop();
      return Observation.unknown(
          (cluster.bound().isPresent()
                  ? "the observer does not get to the cluster that is bound: "
                  : "the observer cannot use its own kubeconfig: ")
              + e.getMessage(),
          at);
    }
    try {
      ClusterView view = view(asked, cluster.namespace());
      if (view.ready().none().isPresent()) {
        // A new connection next time: an old one says nothing of the door.
        drop();
      }
      return judge.judge(view, at);
    } catch (InterruptedException | RuntimeException e) {
      drop();
      throw e;
    }
  }

  private ClusterView view(KubernetesClient asked, String namespace) throws InterruptedException {
    ClusterQuestions questions = new ClusterQuestions(asked, limit);
    ClusterQuestions.Asked ready = questions.ask("/readyz");
    ClusterQuestions.Asked nodes = questions.ask("/api/v1/nodes" + CACHED);
    ClusterQuestions.Asked pods =
        questions.ask("/api/v1/namespaces/" + namespace + "/pods" + CACHED);
    Answer readyAnswer = questions.await(ready);
    Listed<NodeView> nodeList = listed(questions.await(nodes), ClusterProbe::nodes);
    Listed<String> crashLoops = listed(questions.await(pods), ClusterProbe::crashLoops);
    return new ClusterView(
        readyAnswer, nodeList.answer(), nodeList.items(), crashLoops.answer(), crashLoops.items());
  }

  /** A list, or why there is none. */
  private record Listed<T>(Answer answer, List<T> items) {}

  private static <T> Listed<T> listed(Answer answer, Function<String, List<T>> read) {
    if (!answer.isOk()) {
      return new Listed<>(answer, List.of());
    }
    try {
      return new Listed<>(answer, read.apply(answer.body()));
    } catch (RuntimeException e) {
      log.debug("what was said to be a list", e);
      return new Listed<>(Answer.none(NoAnswer.of(e), answer.took()), List.of());
    }
  }

  private static List<NodeView> nodes(String body) {
    return Serialization.unmarshal(body, NodeList.class).getItems().stream()
        .map(ClusterProbe::node)
        .toList();
  }

  private static NodeView node(Node node) {
    List<NodeCondition> conditions =
        node.getStatus() == null ? List.of() : node.getStatus().getConditions();
    return new NodeView(
        node.getMetadata().getName(),
        conditions.stream().anyMatch(each -> is(each, "Ready")),
        conditions.stream()
            .filter(each -> is(each, "DiskPressure") || is(each, "MemoryPressure"))
            .map(NodeCondition::getType)
            .toList());
  }

  private static boolean is(NodeCondition condition, String type) {
    return type.equals(condition.getType()) && "True".equals(condition.getStatus());
  }

  private static List<String> crashLoops(String body) {
    return CrashLoops.in(Serialization.unmarshal(body, PodList.class).getItems());
  }

  /** Opened anew only when there is a reason: a plugin that fetches a token takes seconds. */
  private KubernetesClient client(Kubernetes cluster) throws IOException {
    String now;
    try {
      now = cluster.content();
    } catch (NoSuchCluster e) {
      throw e;
    } catch (IOException e) {
      throw new IOException("the kubeconfig " + cluster.place() + " cannot be read: " + e, e);
    }
    boolean old = System.nanoTime() - openedAt > OPEN_ANEW.toNanos();
    if (client == null || old || !cluster.equals(opened) || !now.equals(kubeconfig)) {
      drop();
      client = ClusterClients.openForOneTry(cluster, connect, limit);
      opened = cluster;
      kubeconfig = now;
      openedAt = System.nanoTime();
    }
    return client;
  }

  private void drop() {
    if (client != null) {
      try {
        client.close();
      } catch (RuntimeException e) {
        log.debug("an old client", e);
      }
      client = null;
    }
  }

  @Override
  public synchronized void close() {
    drop();
  }
}
