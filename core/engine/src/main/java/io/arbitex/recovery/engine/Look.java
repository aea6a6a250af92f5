package io.arbitex.recovery.engine;

import java.util.Map;

/** What the world answers to "is it already so?". */
public sealed interface Look {

  /**
   * It is so.
   *
   * @param facts what later actions and people need to know; never a secret
   */
  record AlreadySo(Map<String, String> facts) implements Look {
    public AlreadySo {
      facts = Map.copyOf(facts);
    }
  }

  /**
   * It is not so, and nothing speaks against making it so.
   *
   * @param why in one line, for people
   */
  record NotYet(String why) implements Look {}

  static Look alreadySo() {
    return new AlreadySo(Map.of());
  }

  static Look alreadySo(Map<String, String> facts) {
    return new AlreadySo(facts);
  }

  static Look notYet(String why) {
    return new NotYet(why);
  }
}
