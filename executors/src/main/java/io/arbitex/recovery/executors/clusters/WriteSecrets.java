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
import io.arbitex.recovery.record.FailureCode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * The Secrets that the inventory takes from a key vault, written before the restore: a restored
 * workload starts as soon as it is there, and a backup has old values or none. A restore leaves
 * what is there as it is. No value is ever told.
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
      if (namespace(session).isEmpty()) {
        return Look.notYet("the cluster has no namespace " + session.namespace());
      }
      refuseForeign(context, namespace(session).get());
      for (VaultSecret each : target.cluster().secrets()) {
        Map<String, String> wanted = VaultContents.read(target.azure(), each);
        Optional<GenericKubernetesResource> found = secret(session, each).find();
        if (found.isEmpty()) {
          return Look.notYet("there is no Secret " + each.name());
        }
        refuseForeign(context, each, found.get());
        if (!wanted.equals(found.get().get("data"))) {
          return Look.notYet("the Secret " + each.name() + " is not as the vault has it");
        }
      }
    }
    return Look.alreadySo(Map.of(ClusterFacts.SECRETS, counts()));
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
      makeNamespace(context, session);
      for (VaultSecret each : target.cluster().secrets()) {
        write(context, session, each, VaultContents.read(target.azure(), each));
      }
    }
  }

  private static void makeNamespace(ActionContext context, ClusterSession session)
      throws ActionFailure, InterruptedException {
    Namespace wanted =
        new NamespaceBuilder()
            .withNewMetadata()
            .withName(session.namespace())
            .addToAnnotations(RecoveryNotes.COMMAND, context.command().getCommandId())
            .endMetadata()
            .build();
    session.makeOnce("create namespaces", api -> api.namespaces().resource(wanted).create());
    refuseForeign(context, namespace(session).orElseThrow());
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
              refuseForeign(context, secret, read);
              Map<String, Object> all = new LinkedHashMap<>();
              if (read.get("data") instanceof Map<?, ?> there) {
                there.keySet().forEach(key -> all.put(String.valueOf(key), null));
              }
              all.putAll(data);
              all.forEach(
                  (key, value) ->
                      patch.at("/data").put(key, value == null ? null : (String) value));
              return !data.equals(read.get("data"));
            });
  }

  private static OwnedObject secret(ClusterSession session, VaultSecret secret) {
    return new OwnedObject(session, ObjectKind.SECRET, secret.name());
  }

  private static Optional<Namespace> namespace(ClusterSession session)
      throws ActionFailure, InterruptedException {
    return session.find(
        "get namespaces/" + session.namespace(),
        api -> api.namespaces().withName(session.namespace()).get());
  }

  private static void refuseForeign(ActionContext context, Namespace found) throws ActionFailure {
    if (!OwnedObject.note(found, RecoveryNotes.COMMAND)
        .filter(context.command().getCommandId()::equals)
        .isPresent()) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "the namespace " + found.getMetadata().getName() + " is not of this recovery",
          "See who made it; it is not touched.");
    }
  }

  private static void refuseForeign(
      ActionContext context, VaultSecret secret, GenericKubernetesResource found)
      throws ActionFailure {
    if (!OwnedObject.isOwnedBy(context, found)) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "there is a Secret " + secret.name() + " that this recovery did not make",
          "See who made it; it is not written over.");
    }
  }
}
