package io.arbitex.recovery.executors.clusters;

import io.arbitex.recovery.configuration.Cluster.VaultSecret;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.engine.Look;
import io.arbitex.recovery.executors.kubernetes.ClusterSession;
import io.arbitex.recovery.executors.kubernetes.ObjectKind;
import io.arbitex.recovery.executors.kubernetes.OwnedObject;
import io.arbitex.recovery.executors.kubernetes.OwnerMark;
import io.arbitex.recovery.executors.kubernetes.RecoveryNotes;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The Secrets that the inventory takes from a key vault are written over what was restored, since a
 * backup has old values or none; keys that the vault does not have stay. Nothing runs yet that
 * would have read the old ones. No value is ever told.
 */
final class WriteSecrets extends ClusterAction {
  WriteSecrets(ClusterTarget target) {
    super(
        target,
        "write-secrets",
        "write the secrets of the key vault into the cluster",
        true,
        Duration.ofMinutes(5));
  }

  @Override
  public Look look(ActionContext context) throws ActionFailure, InterruptedException {
    if (target.cluster().secrets().isEmpty()) {
      return Look.alreadySo();
    }
    try (ClusterSession session = target.session(context)) {
      Optional<Namespace> namespace = Hold.namespace(session);
      if (namespace.isEmpty()) {
        return Look.notYet("the cluster has no namespace " + session.namespace());
      }
      Hold.refuseForeign(context, namespace.get());
      for (VaultSecret each : target.cluster().secrets()) {
        Optional<GenericKubernetesResource> found = secret(session, each).find();
        if (found.isEmpty()) {
          return Look.notYet("there is no Secret " + each.name());
        }
        if (!lacking(found.get(), VaultContents.read(target.azure(), each)).isEmpty()) {
          return Look.notYet("the Secret " + each.name() + " is not as the vault has it");
        }
      }
    }
    return Look.alreadySo(Map.of(ClusterFacts.SECRETS, counts()));
  }

  /** What of the vault's a Secret does not have as the vault has it. */
  private static Map<String, String> lacking(
      GenericKubernetesResource secret, Map<String, String> wanted) {
    Map<String, String> lacking = new LinkedHashMap<>(wanted);
    if (secret.get("data") instanceof Map<?, ?> there) {
      lacking.entrySet().removeIf(each -> each.getValue().equals(there.get(each.getKey())));
    }
    return lacking;
  }

  private String counts() {
    return target.cluster().secrets().stream()
        .map(each -> each.name() + "=" + each.keys().size())
        .collect(Collectors.joining(","));
  }

  @Override
  public void make(ActionContext context) throws ActionFailure, InterruptedException {
    try (ClusterSession session = target.session(context)) {
      ClusterTarget.refuseUnlessAllowed(context);
      Hold.makeNamespace(context, session);
      for (VaultSecret each : target.cluster().secrets()) {
        write(context, session, each, VaultContents.read(target.azure(), each));
      }
    }
  }

  private static void write(
      ActionContext context, ClusterSession session, VaultSecret secret, Map<String, String> data)
      throws ActionFailure, InterruptedException {
    session.makeOnce(
        "create secrets",
        api ->
            api.secrets()
                .inNamespace(session.namespace())
                .resource(
                    new SecretBuilder()
                        .withNewMetadata()
                        .withName(secret.name())
                        .withNamespace(session.namespace())
                        .addToAnnotations(RecoveryNotes.OWNER, OwnerMark.of(context).text())
                        .endMetadata()
                        .withType("Opaque")
                        .withData(data)
                        .build())
                .create());
    secret(session, secret)
        .change(
            context,
            (read, patch) -> {
              Map<String, String> lacking = lacking(read, data);
              lacking.forEach((key, value) -> patch.at("/data").put(key, value));
              return !lacking.isEmpty();
            });
  }

  private static OwnedObject secret(ClusterSession session, VaultSecret secret) {
    return new OwnedObject(session, ObjectKind.SECRET, secret.name());
  }
}
