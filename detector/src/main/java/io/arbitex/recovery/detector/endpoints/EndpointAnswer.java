package io.arbitex.recovery.detector.endpoints;

import io.arbitex.recovery.detector.network.NoAnswer;
import java.util.Optional;

/**
 * What one address said.
 *
 * @param address without user and query, which may hold a secret
 * @param status of HTTP; 0 for no answer
 * @param none why there is no answer; empty when there is one
 */
record EndpointAnswer(String address, int status, Optional<NoAnswer> none) {
  static EndpointAnswer of(String address, int status) {
    return new EndpointAnswer(address, status, Optional.empty());
  }

  static EndpointAnswer none(String address, NoAnswer why) {
    return new EndpointAnswer(address, 0, Optional.of(why));
  }

  String text() {
    return address + ": " + none.map(NoAnswer::text).orElse("HTTP " + status);
  }
}
