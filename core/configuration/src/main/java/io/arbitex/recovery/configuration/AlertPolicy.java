package io.arbitex.recovery.configuration;

import java.time.Duration;
import java.util.List;

/**
 * What an alert of a monitoring system is worth (design, section 5).
 *
 * @param confirmations bad observations in a row that an observer needs while an alert of the same
 *     component fires, 1 to 100; never more than without an alert
 * @param validFor a message that a receiver got longer ago than this counts for nothing
 * @param lastsFor an alert that was not heard to fire for so long counts no more: its end may have
 *     been lost
 * @param trusted receivers whose alert alone may open an incident while no quorum of observers can
 *     be heard; observers that can be heard outweigh it
 */
public record AlertPolicy(
    int confirmations, Duration validFor, Duration lastsFor, List<String> trusted) {

  static AlertPolicy of(Section section) {
    AlertPolicy policy =
        new AlertPolicy(
            section.integer("confirmations", 1, 1, 100),
            section.duration("validFor", Duration.ofMinutes(15)),
            section.duration("lastsFor", Duration.ofHours(6)),
            section.sections("sources").stream()
                .filter(
                    source -> {
                      boolean trusted = source.flag("trusted", false);
                      source.name("name");
                      source.close();
                      return trusted;
                    })
                .map(source -> source.name("name"))
                .toList());
    section.close();
    return policy;
  }
}
