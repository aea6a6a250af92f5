package io.arbitex.recovery.lab.azure.api;

import java.util.List;
import java.util.Locale;

/**
 * The path of a request to a key vault.
 *
 * @param collection secrets or deletedsecrets
 * @param name empty for all
 * @param rest a version, {@code versions}, {@code recover}; empty for the newest version
 */
record SecretPath(String collection, String name, String rest) {
  /**
   * @throws ArmFailure 404 when it is none that the lab knows, 400 when it has no proper name
   */
  static SecretPath of(String text) {
    List<String> parts = List.of(text.substring(1).split("/", -1));
    String collection = parts.get(0).toLowerCase(Locale.ROOT);
    if (!(collection.equals("secrets") || collection.equals("deletedsecrets"))
        || parts.size() > 3) {
      throw ArmFailure.of(404, "NotFound", "The lab's vault has nothing at " + text + ".");
    }
    String name = parts.size() > 1 ? parts.get(1) : "";
    if (!name.matches("[0-9a-zA-Z-]{0,127}")) {
      throw ArmFailure.of(
          400,
          "BadParameter",
          "The request URI contains an invalid name: "
              + name
              + ". Letters, digits and - are fine.");
    }
    return new SecretPath(collection, name, parts.size() > 2 ? parts.get(2) : "");
  }
}
