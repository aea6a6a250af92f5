package io.arbitex.recovery.lab.kubernetes.objects;

import java.util.List;
import java.util.Locale;

/**
 * A kind of objects, and where it stands in the API.
 *
 * @param group empty for the core group
 * @param plural as in paths: {@code persistentvolumeclaims}
 * @param shortNames what kubectl also takes
 * @param hasStatus whether its status is a subresource, which an ordinary update leaves alone
 * @param hasScale whether it has a scale subresource
 */
public record ResourceType(
    String group,
    String version,
    String kind,
    String plural,
    boolean namespaced,
    List<String> shortNames,
    boolean hasStatus,
    boolean hasScale) {

  public String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  public String singular() {
    return kind.toLowerCase(Locale.ROOT);
  }

  /** {@code pods} or {@code deployments.apps}: how messages name it. */
  public String qualified() {
    return group.isEmpty() ? plural : plural + "." + group;
  }
}
