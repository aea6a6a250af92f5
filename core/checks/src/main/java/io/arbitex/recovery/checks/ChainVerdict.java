package io.arbitex.recovery.checks;

import java.util.Optional;

/**
 * What a walk over the whole audit chain found.
 *
 * @param rows events read
 * @param headId id of the newest event, 0 for none
 * @param headHmac HMAC of the newest event as stored, {@link AuditHmac#GENESIS} for none
 * @param mistakes how many mistakes there are; one bad event may count more than once
 * @param firstMistake the one with the lowest id
 */
public record ChainVerdict(
    long rows, long headId, String headHmac, long mistakes, Optional<ChainMistake> firstMistake) {
  public boolean valid() {
    return mistakes == 0;
  }

  /** As a check for an outcome. */
  public CheckResult asCheck() {
    return CheckResult.of(
        "audit-chain",
        valid(),
        "an unbroken chain",
        firstMistake
            .map(mistake -> mistakes + " mistakes, first " + mistake)
            .orElse(rows + " events, head " + headId));
  }
}
