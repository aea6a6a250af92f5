package io.arbitex.recovery.checks;

import io.arbitex.recovery.record.Baseline;

/**
 * The end of an audit chain as it was known outside of the database. A chain alone does not show
 * that its last events were deleted; an anchor does.
 *
 * @param count events up to and with the head
 * @param headId id of the newest event, 0 for none
 * @param headHmac its HMAC
 */
public record ChainAnchor(long count, long headId, String headHmac) {
  public static ChainAnchor of(Baseline baseline) {
    return new ChainAnchor(
        baseline.getAuditCount(), baseline.getAuditHeadId(), baseline.getAuditHeadHmac());
  }
}
