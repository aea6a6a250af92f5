package io.arbitex.recovery.lab.azure.api;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The path of a request. Upper and lower case are the same in it, as on Azure, except that names
 * are told back as they were given.
 *
 * @param text as it was given
 * @param resourceGroup empty for the whole subscription
 * @param namespace of the provider
 * @param type without the provider's name, in lower case, such as flexibleservers/firewallrules, or
 *     flexibleservers/start for an action
 * @param names one for each part of the type, or one less for a list or an action
 * @param scope the path of what it belongs to by another provider; empty for nothing
 */
public record ArmPath(
    String text,
    String subscription,
    String resourceGroup,
    Namespace namespace,
    String type,
    List<String> names,
    String scope) {
  private static final Pattern PROVIDERS = Pattern.compile("/providers/", Pattern.CASE_INSENSITIVE);

  /**
   * @throws ArmFailure 404 when it is none that the lab knows
   */
  static ArmPath of(String text) {
    String[] scoped = PROVIDERS.split(text, -1);
    if (scoped.length == 3) {
      ArmPath scope = of(scoped[0] + "/providers/" + scoped[1]);
      ArmPath own = of(scoped[0] + "/providers/" + scoped[2]);
      return new ArmPath(
          text,
          own.subscription,
          own.resourceGroup,
          own.namespace,
          own.type,
          own.names,
          scope.text);
    }
    List<String> parts = new ArrayList<>(List.of(text.substring(1).split("/", -1)));
    String subscription = take(parts, "subscriptions", text);
    String group =
        !parts.isEmpty() && parts.get(0).equalsIgnoreCase("resourceGroups")
            ? take(parts, "resourceGroups", text)
            : "";
    Namespace namespace =
        Namespace.of(take(parts, "providers", text)).orElseThrow(() -> unknown(text));
    if (parts.isEmpty()) {
      throw unknown(text);
    }
    List<String> types = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      if (parts.get(i).isEmpty()) {
        throw unknown(text);
      }
      if (i % 2 == 0) {
        types.add(parts.get(i).toLowerCase(Locale.ROOT));
      } else {
        names.add(parts.get(i));
      }
    }
    return new ArmPath(
        text, subscription, group, namespace, String.join("/", types), List.copyOf(names), "");
  }

  private static String take(List<String> parts, String keyword, String text) {
    if (parts.size() < 2 || !parts.get(0).equalsIgnoreCase(keyword)) {
      throw unknown(text);
    }
    parts.remove(0);
    return parts.remove(0);
  }

  private static ArmFailure unknown(String text) {
    return ArmFailure.of(404, "InvalidResourceType", "The lab has nothing at " + text + ".");
  }

  /** Whether it names one resource, and not a list or an action. */
  boolean isOne() {
    return names.size() == type.split("/").length;
  }

  /** The name of the server, zone or disk, itself or as the owner of something. */
  String top() {
    return names.get(0);
  }

  /** The name of what belongs to it. */
  String child() {
    return names.get(1);
  }

  /** The last name, for those who look for a rule that concerns it. */
  String lastName() {
    return names.isEmpty() ? "" : names.get(names.size() - 1);
  }
}
