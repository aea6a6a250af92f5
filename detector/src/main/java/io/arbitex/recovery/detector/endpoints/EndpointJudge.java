package io.arbitex.recovery.detector.endpoints;

import io.arbitex.recovery.detector.Observation;
import io.arbitex.recovery.detector.network.NoAnswer;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What the answers of all health addresses mean together. The public health is down when not one
 * address serves, whatever is said instead: customers who get 404 or a bad certificate are not
 * served either. Only an address that has too many requests serves somebody.
 */
final class EndpointJudge {
  /** More addresses than a person reads in a page. */
  private static final int MOST = 5;

  private EndpointJudge() {}

  /**
   * @param answers at least one
   */
  static Observation judge(List<EndpointAnswer> answers, Instant at) {
    List<EndpointAnswer> bad = answers.stream().filter(answer -> !isServed(answer)).toList();
    if (bad.isEmpty()) {
      return Observation.up(at);
    }
    String text = text(bad, answers.size());
    List<EndpointAnswer> clear = bad.stream().filter(answer -> !isUnclear(answer)).toList();
    boolean served = bad.size() < answers.size() || bad.stream().anyMatch(EndpointJudge::isBusy);
    if (clear.isEmpty() || (!served && clear.size() < bad.size())) {
      return Observation.unknown(text, at);
    }
    Symptom refusal =
        clear.stream()
            .filter(answer -> !isGone(answer))
            .findFirst()
            .map(EndpointJudge::symptom)
            .orElse(Symptom.UNCLASSIFIED);
    if (served) {
      return new Observation(HealthStatus.DEGRADED, refusal, text, at);
    }
    boolean gone = clear.stream().anyMatch(EndpointJudge::isGone);
    return new Observation(HealthStatus.DOWN, gone ? Symptom.UNREACHABLE : refusal, text, at);
  }

  private static boolean isServed(EndpointAnswer answer) {
    return answer.status() == 200;
  }

  /** No answer, or that of a gateway or server that has failed. */
  private static boolean isGone(EndpointAnswer answer) {
    return answer
        .none()
        .map(NoAnswer::kind)
        .map(kind -> kind != NoAnswer.Kind.UNCLEAR && kind != NoAnswer.Kind.CERTIFICATE)
        .orElse(answer.status() >= 500);
  }

  /** Nobody knows what it means. */
  private static boolean isUnclear(EndpointAnswer answer) {
    return answer.none().filter(why -> why.kind() == NoAnswer.Kind.UNCLEAR).isPresent();
  }

  private static boolean isBusy(EndpointAnswer answer) {
    return answer.status() == 429;
  }

  private static Symptom symptom(EndpointAnswer refusal) {
    return switch (refusal.status()) {
      case 0 -> Symptom.CERTIFICATE;
      case 401, 403 -> Symptom.AUTHENTICATION;
      case 429 -> Symptom.BUSY;
      default -> Symptom.UNCLASSIFIED;
    };
  }

  private static String text(List<EndpointAnswer> bad, int all) {
    String each =
        bad.stream().limit(MOST).map(EndpointAnswer::text).collect(Collectors.joining("; "));
    String more = bad.size() > MOST ? "; and " + (bad.size() - MOST) + " more" : "";
    return "%d of %d addresses do not answer 200: %s%s".formatted(bad.size(), all, each, more);
  }
}
