package io.arbitex.recovery.lab.kubernetes.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.FieldSelector;
import io.arbitex.recovery.lab.kubernetes.objects.LabelSelector;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;

/** The query parameters that lists and watches share. */
final class Query {
  private static final Duration LONGEST_WATCH = Duration.ofMinutes(30);

  private final Function<String, String> parameter;

  /**
   * @param parameter gives a parameter's value, null when it is absent
   */
  Query(Function<String, String> parameter) {
    this.parameter = parameter;
  }

  boolean isTrue(String name) {
    String value = parameter.apply(name);
    return value != null && (value.equals("true") || value.equals("1"));
  }

  String text(String name) {
    String value = parameter.apply(name);
    return value == null ? "" : value;
  }

  Optional<Long> number(String name) {
    String value = text(name);
    try {
      return value.isEmpty() ? Optional.empty() : Optional.of(Long.parseLong(value));
    } catch (NumberFormatException e) {
      ApiFailure failure = ApiFailure.badRequest(name + ": '" + value + "' is no number");
      failure.initCause(e);
      throw failure;
    }
  }

  /** Which objects of the target are wanted. */
  Predicate<ObjectNode> matching(RequestTarget target) {
    LabelSelector labels = LabelSelector.parse(text("labelSelector"));
    FieldSelector fields = FieldSelector.parse(target.type(), text("fieldSelector"));
    // The old way to watch one object is to watch its own path.
    String name = target.name();
    return object ->
        labels.test(object)
            && fields.test(object)
            && (name.isEmpty() || name.equals(object.at("/metadata/name").asText()));
  }

  /** The watch that is asked for. */
  Watching.Wanted watch(RequestTarget target) {
    boolean initial = isTrue("sendInitialEvents");
    Optional<Long> since = number("resourceVersion").filter(each -> each > 0 && !initial);
    return new Watching.Wanted(
        target.type(),
        target.namespace(),
        matching(target),
        since,
        isTrue("allowWatchBookmarks"),
        initial,
        number("timeoutSeconds").map(Duration::ofSeconds).orElse(LONGEST_WATCH));
  }
}
