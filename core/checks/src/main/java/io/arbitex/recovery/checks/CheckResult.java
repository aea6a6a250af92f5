package io.arbitex.recovery.checks;

import io.arbitex.recovery.record.CheckStatus;

/**
 * What one check found.
 *
 * @param check its name: lower case, parts joined by dashes, an object of it behind a colon
 * @param status PASS, FAIL (measured, and wrong) or ERROR (could not be measured)
 * @param expected what would have passed
 * @param measured what was found; for an ERROR the error in one line
 */
public record CheckResult(String check, CheckStatus status, String expected, String measured) {

  /** PASS or FAIL. */
  public static CheckResult of(String check, boolean passed, Object expected, Object measured) {
    return new CheckResult(
        check,
        passed ? CheckStatus.PASS : CheckStatus.FAIL,
        String.valueOf(expected),
        String.valueOf(measured));
  }

  /** The check could not be carried out, so nothing is proven. */
  public static CheckResult error(String check, Object expected, String why) {
    return new CheckResult(check, CheckStatus.ERROR, String.valueOf(expected), why);
  }

  public boolean passed() {
    return status == CheckStatus.PASS;
  }
}
