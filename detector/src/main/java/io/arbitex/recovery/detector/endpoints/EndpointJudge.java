package io.arbitex.recovery.detector.endpoints;

import io.arbitex.recovery.detector.Observation;
import io.arbitex.recovery.detector.network.NoAnswer;
import io.arbitex.recovery.record.HealthStatus;
import io.arbitex.recovery.record.Symptom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What the answers of all health addresses mean together. The public health is down only when not
 * one address serves and none refuses: who answers 403 is there, and no restore would mend it.
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
    boolean served = bad.size() < answers.size();
    Optional<EndpointAnswer> refusal = bad.stream().filter(EndpointJudge::isRefusal).findFirst();
    boolean gone = bad.stream().anyMatch(EndpointJudge::isGone);
    if (refusal.isPresent() || (served && gone)) {
      return new Observation(
          HealthStatus.DEGRADED,
          refusal.map(EndpointJudge::symptom).orElse(Symptom.UNCLASSIFIED),
          text(bad, answers.size()),
          at);
    }
    return bad.stream().allMatch(EndpointJudge::isGone)
        ? new Observation(HealthStatus.DOWN, Symptom.UNREACHABLE, text(bad, answers.size()), at)
        : Observation.unknown(text(bad, answers.size()), at);
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

  /** Something is there and says no, or what was not asked for. */
  private static boolean isRefusal(EndpointAnswer answer) {
    return answer
        .none()
        .map(why -> why.kind() == NoAnswer.Kind.CERTIFICATE)
        .orElse(!isServed(answer) && answer.status() < 500);
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
