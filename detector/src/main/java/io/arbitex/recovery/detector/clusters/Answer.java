package io.arbitex.recovery.detector.clusters;

import io.arbitex.recovery.detector.network.NoAnswer;
import java.time.Duration;
import java.util.Optional;

/**
 * What came of one question to the API server.
 *
 * @param status of HTTP; 0 for no answer
 * @param body of the answer; empty for none
 * @param none why there is no answer; empty when there is one
 * @param took until then, with the connection where a new one was made
 */
record Answer(int status, String body, Optional<NoAnswer> none, Duration took) {
  static Answer of(int status, String body, Duration took) {
    return new Answer(status, body, Optional.empty(), took);
  }

  static Answer none(NoAnswer why, Duration took) {
    return new Answer(0, "", Optional.of(why), took);
  }

  boolean isOk() {
    return status == 200;
  }

  /** For a person, in one line. */
  String text() {
    return none.map(NoAnswer::text).orElse("HTTP " + status);
  }
}
