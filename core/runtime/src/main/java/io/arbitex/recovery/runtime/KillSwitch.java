package io.arbitex.recovery.runtime;

import io.arbitex.recovery.configuration.Section;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * The switch outside of Kafka that stops every change to the world. It is asked before each change;
 * one that cannot be read is thrown.
 */
@FunctionalInterface
public interface KillSwitch {

  /**
   * Why nothing may be changed for this platform now; empty when it may.
   *
   * @throws InterruptedException when interrupted while it was asked
   */
  Optional<String> thrownFor(String platform) throws InterruptedException;

  /**
   * The same switch, which knows what platforms there are: a word that names none of them was meant
   * to stop something, so it stops all.
   */
  default KillSwitch knowing(Set<String> platforms) {
    return this;
  }

  /** Without one, nothing is stopped. */
  static KillSwitch none() {
    return platform -> Optional.empty();
  }

  /** A switch that is a file: see {@link KillSwitchFile}. */
  static KillSwitch of(Path file) {
    return new KillSwitchFile(file, Optional.empty());
  }

  /** A switch that is a page: see {@link KillSwitchPage}. */
  static KillSwitch of(URI page) {
    return new KillSwitchPage(page, Optional.empty());
  }

  /** Reads a field of a service's file, a path or a URL; mistakes go to the document's list. */
  static KillSwitch read(Section section, String field) {
    if (!section.has(field)) {
      return none();
    }
    Optional<String> given = section.optionalText(field);
    if (given.isEmpty()) {
      // It is no plain value, which is told already.
      return none();
    }
    String text = given.get();
    if (!text.isBlank() && !text.contains("://")) {
      return of(section.path(field));
    }
    try {
      // An empty value ends here too: it must not read as no switch.
      URI page = URI.create(text);
      if (page.getRawUserInfo() != null) {
        section.problem(field, "must hold no login: it is told to people when it is thrown");
        return none();
      }
      if (page.getHost() != null
          && (page.getScheme().equals("http") || page.getScheme().equals("https"))) {
        return of(page);
      }
    } catch (IllegalArgumentException e) {
      section.problem(field, "'" + text + "' is no URL: " + e.getMessage());
      return none();
    }
    section.problem(field, "'" + text + "' is neither a path nor an http:// or https:// address");
    return none();
  }
}
