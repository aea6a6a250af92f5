package io.arbitex.recovery.lab.kubernetes.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import io.arbitex.recovery.lab.kubernetes.objects.ResourceTypes;
import io.arbitex.recovery.lab.kubernetes.store.DeleteOptions;
import io.arbitex.recovery.lab.kubernetes.store.ObjectStore;
import io.arbitex.recovery.lab.kubernetes.store.Registry;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Requests over HTTP: from method and path to a verb, and from its outcome to an answer. */
final class Requests {
  private static final Logger log = LoggerFactory.getLogger(Requests.class);

  /** Asked for with an at sign before the version, which old clients cannot read in an answer. */
  private static final String OLD_OPEN_API =
      "application/com.github.proto-openapi.spec.v2.v1.0+protobuf";

  private final Registry registry;
  private final ResourceRequests resources;
  private final PodRuntime pods;
  private final Gate gate;
  private final AccessReviews reviews;
  private final NodeStats stats;
  private final Clock clock;

  Requests(Registry registry, PodRuntime pods, Gate gate, Clock clock) {
    this.registry = registry;
    this.resources = new ResourceRequests(registry, clock);
    this.pods = pods;
    this.gate = gate;
    this.reviews = new AccessReviews(gate);
    this.stats = new NodeStats(registry, pods);
    this.clock = clock;
  }

  void handle(Context context) {
    String path = ApiServer.path(context);
    try {
      if (ServerHealth.isFor(context.method().name(), path)) {
        health(context, path);
        return;
      }
      gate.authenticate(context.header("Authorization"));
      Optional<String> node = NodeStats.node(context.method().name(), path);
      if (node.isPresent()) {
        answer(context, 200, stats.summary(node.get()));
        return;
      }
      Optional<RequestTarget> target = RequestTarget.of(path).filter(this::isServed);
      if (target.isPresent()) {
        resource(context, target.get());
      } else if (AccessReviews.isFor(context.method().name(), path)) {
        ObjectNode review = Body.object(context.contentType(), context.bodyAsBytes());
        answer(context, 201, reviews.answer(review));
      } else {
        orientation(context, path);
      }
    } catch (ApiFailure e) {
      refuse(context, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      refuse(context, ApiFailure.of(503, "ServiceUnavailable", "the server is shutting down"));
    } catch (IOException e) {
      log.debug("{} {} ended: the client has gone", context.method(), path, e);
    } catch (RuntimeException e) {
      log.error("{} {} failed", context.method(), path, e);
      refuse(context, ApiFailure.of(500, "InternalError", "Internal error occurred: " + e));
    }
  }

  /** For anybody; but a token that is given must be right, as with Kubernetes. */
  private void health(Context context, String path) throws InterruptedException {
    String authorization = context.header("Authorization");
    if (authorization != null) {
      gate.authenticate(authorization);
    }
    ServerHealth health = new ServerHealth(path, gate.passHealth(path));
    context
        .status(health.status())
        .contentType("text/plain; charset=utf-8")
        .result(health.text(context.queryParam("verbose") != null));
  }

  private boolean isServed(RequestTarget target) {
    return ResourceTypes.definitionOf(target.type())
        .map(definition -> registry.find(definition).isPresent())
        .orElse(true);
  }

  private void orientation(Context context, String path) {
    if (path.equals("/openapi/v2")) {
      // An empty message is a whole document of nothing.
      context.contentType(OLD_OPEN_API).result(new byte[0]);
      return;
    }
    ObjectNode answer =
        Discovery.answer(path)
            .or(() -> OpenApi.answer(path))
            .orElseThrow(
                () ->
                    ApiFailure.of(
                        404, "NotFound", "the server could not find the requested resource"));
    answer(context, 200, answer);
  }

  private void resource(Context context, RequestTarget target)
      throws IOException, InterruptedException {
    Query query = new Query(context::queryParam);
    boolean watch = query.isTrue("watch") && context.method().name().equals("GET");
    String verb = verb(context.method().name(), target, watch);
    Gate.Passed passed = gate.pass(verb, target);
    ResourceRequests.Options options =
        new ResourceRequests.Options(!query.text("dryRun").isEmpty(), query.text("fieldManager"));
    String contentType = context.contentType();
    switch (verb) {
      case "watch" -> watch(context, target, query, passed);
      case "list" -> list(context, target, query);
      case "get" -> get(context, target, query);
      case "create" ->
          answer(
              context,
              resources.create(target, Body.object(contentType, context.bodyAsBytes()), options));
      case "update" ->
          answer(
              context,
              200,
              resources.update(target, Body.object(contentType, context.bodyAsBytes()), options));
      case "patch" ->
          answer(
              context,
              resources.patch(
                  target,
                  contentType == null ? "" : contentType,
                  Body.read(contentType, context.bodyAsBytes()),
                  options));
      case "delete" -> answer(context, resources.delete(target, deletion(context, query)));
      case "deletecollection" -> deleteAll(context, target, query);
      default -> throw ApiFailure.of(405, "MethodNotAllowed", verb + " is not supported");
    }
  }

  private static String verb(String method, RequestTarget target, boolean watch) {
    boolean one = !target.name().isEmpty();
    return switch (method) {
      case "GET" -> watch ? "watch" : one ? "get" : "list";
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> one ? "delete" : "deletecollection";
      default -> method;
    };
  }

  private void get(Context context, RequestTarget target, Query query)
      throws IOException, InterruptedException {
    if (target.subresource().equals("log")) {
      log(context, target, query);
      return;
    }
    if (target.subresource().equals("exec")) {
      throw ApiFailure.badRequest("the lab takes exec over WebSocket only: upgrade required");
    }
    ObjectNode object = resources.get(target);
    if (Tables.wanted(context.header("Accept")) && target.subresource().isEmpty()) {
      String revision = Meta.resourceVersion(object);
      answer(context, 200, Tables.of(target.type(), List.of(object), revision, clock.instant()));
    } else {
      answer(context, 200, object);
    }
  }

  private void list(Context context, RequestTarget target, Query query) {
    ObjectStore.Listing listing =
        registry.store().list(target.type(), target.namespace(), query.matching(target));
    String revision = Long.toString(listing.revision());
    if (Tables.wanted(context.header("Accept"))) {
      answer(context, 200, Tables.of(target.type(), listing.items(), revision, clock.instant()));
      return;
    }
    answer(context, 200, listOf(target, listing.items(), revision));
  }

  private static ObjectNode listOf(
      RequestTarget target, List<ObjectNode> objects, String revision) {
    ObjectNode list =
        Meta.JSON
            .createObjectNode()
            .put("kind", target.type().kind() + "List")
            .put("apiVersion", target.type().apiVersion());
    list.putObject("metadata").put("resourceVersion", revision);
    ArrayNode items = list.putArray("items");
    objects.forEach(items::add);
    return list;
  }

  private DeleteOptions deletion(Context context, Query query) {
    JsonNode body = Body.read(context.contentType(), context.bodyAsBytes());
    ObjectNode whole = body instanceof ObjectNode object ? object : Meta.JSON.createObjectNode();
    if (!whole.has("propagationPolicy") && !query.text("propagationPolicy").isEmpty()) {
      whole.put("propagationPolicy", query.text("propagationPolicy"));
    }
    if (!whole.has("gracePeriodSeconds")) {
      query.number("gracePeriodSeconds").ifPresent(s -> whole.put("gracePeriodSeconds", s));
    }
    DeleteOptions options = DeleteOptions.of(whole);
    return query.text("dryRun").isEmpty() ? options : options.asDryRun();
  }

  private void deleteAll(Context context, RequestTarget target, Query query) {
    DeleteOptions options = deletion(context, query);
    ObjectStore.Listing listing =
        registry.store().list(target.type(), target.namespace(), query.matching(target));
    for (ObjectNode each : listing.items()) {
      RequestTarget one =
          new RequestTarget(target.type(), Meta.namespace(each), Meta.name(each), "");
      if (registry.find(one.key()).isPresent()) {
        resources.delete(one, options);
      }
    }
    answer(
        context, 200, listOf(target, listing.items(), Long.toString(registry.store().revision())));
  }

  private void watch(Context context, RequestTarget target, Query query, Gate.Passed passed)
      throws IOException, InterruptedException {
    Watching.Wanted wanted = query.watch(target);
    context.contentType("application/json;stream=watch");
    OutputStream out = context.res().getOutputStream();
    // The client waits for the headers, and there may be no event for long.
    context.res().flushBuffer();
    Watching.Sink sink =
        line -> {
          out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
          out.flush();
        };
    if (passed.watchIsGone()) {
      sink.send(Watching.gone());
      return;
    }
    new Watching(registry.store(), wanted, sink, () -> false).run();
  }

  private void log(Context context, RequestTarget target, Query query)
      throws IOException, InterruptedException {
    ObjectNode pod = registry.get(target.key());
    Path file = pods.log(pod, query.text("container"), query.isTrue("previous"));
    String uid = Meta.uid(pod);
    context.contentType("text/plain");
    PodLog.send(
        file,
        query
            .number("tailLines")
            .map(n -> OptionalInt.of(n.intValue()))
            .orElse(OptionalInt.empty()),
        context.res().getOutputStream(),
        () -> query.isTrue("follow") && runs(target, uid));
  }

  private boolean runs(RequestTarget target, String uid) {
    return registry
        .find(target.key())
        .filter(pod -> Meta.uid(pod).equals(uid))
        .filter(pod -> pod.at("/status/phase").asText().equals("Running"))
        .isPresent();
  }

  private static void answer(Context context, ResourceRequests.Answer answer) {
    answer(context, answer.code(), answer.body());
  }

  private static void answer(Context context, int code, ObjectNode body) {
    context
        .status(code)
        .contentType("application/json")
        .result(body.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void refuse(Context context, ApiFailure failure) {
    if (failure.retryAfterSeconds() > 0) {
      context.header("Retry-After", Integer.toString(failure.retryAfterSeconds()));
    }
    answer(context, failure.code(), failure.status());
  }
}
