package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.configuration.Azure;
import io.arbitex.recovery.configuration.KeyVault;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.executors.azure.VaultSecret;
import io.arbitex.recovery.executors.azure.VaultSecret.Version;
import io.arbitex.recovery.executors.database.MarkedDatabase;
import io.arbitex.recovery.executors.kubernetes.OwnerMark;
import io.arbitex.recovery.record.FailureCode;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The platform's database URL in a key vault. A vault knows no preconditions, so each version that
 * is written here says in its tags whose it is and which version it came after: a later owner's is
 * not written over, somebody else's is not put back over, and the old content is in the vault
 * alone.
 */
final class VaultSwitch {
  static final String INCIDENT = "recovery-incident";
  static final String OWNER = "recovery-owner";
  static final String OLD = "recovery-old";
  private static final String REFUSED = "refused";

  private final Azure azure;
  private final KeyVault place;
  private VaultSecret open;

  VaultSwitch(Azure azure, KeyVault place) {
    this.azure = azure;
    this.place = place;
  }

  private synchronized VaultSecret secret() throws ActionFailure {
    if (open == null) {
      open = VaultSecret.open(azure, place);
    }
    return open;
  }

  /**
   * Changes nothing, and finds out whether there is something to switch.
   *
   * @throws ActionFailure when the vault cannot be read, or holds no database URL
   */
  void probe() throws ActionFailure, InterruptedException {
    if (PlatformSecret.parse(content()).isEmpty()) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          secret() + " holds no database URL that can be written anew",
          "See whether 'keyVault' of the inventory names the right secret.");
    }
  }

  /** What whoever reads the vault gets. */
  String content() throws ActionFailure, InterruptedException {
    return secret().newest().value().strip();
  }

  boolean names(MarkedDatabase target) throws ActionFailure, InterruptedException {
    return PlatformSecret.parse(content())
        .filter(found -> PlatformSecret.isAt(found, target))
        .isPresent();
  }

  /**
   * The version that was there before this incident wrote one.
   *
   * @throws ActionFailure OWNERSHIP_LOST when a later owner has written the newest one
   */
  String before(ActionContext context) throws ActionFailure, InterruptedException {
    Version newest = secret().newest();
    refuseIfLater(context, newest);
    return isOfIncident(context, newest) ? newest.tags().get(OLD) : newest.id();
  }

  /**
   * Says durably that the vault may be written from now on.
   *
   * @param before the version that is there
   * @return whether it surely was not written yet
   */
  static boolean begin(ActionContext context, String before) {
    if (mayBeWritten(context)) {
      return false;
    }
    context.remember(CutoverFacts.VAULT_BEFORE, before);
    context.remember(CutoverFacts.VAULT_BEGUN, "true");
    return true;
  }

  /** A write that was begun may be done, or be done yet: a vault bars nobody. */
  static boolean mayBeWritten(ActionContext context) {
    return context
        .fact(CutoverFacts.VAULT_BEGUN)
        .filter(begun -> !begun.equals(REFUSED))
        .isPresent();
  }

  /**
   * Makes a new version.
   *
   * @param first whether none was begun before
   * @throws ActionFailure OWNERSHIP_LOST when a later owner has written the newest one
   */
  void write(ActionContext context, String content, boolean first)
      throws ActionFailure, InterruptedException {
    try {
      put(context, content, before(context));
    } catch (ActionFailure e) {
      if (first && (e.code() == FailureCode.AUTHENTICATION || e.code() == FailureCode.PREFLIGHT)) {
        context.remember(CutoverFacts.VAULT_BEGUN, REFUSED);
      }
      throw e;
    }
  }

  private void put(ActionContext context, String content, String before)
      throws ActionFailure, InterruptedException {
    secret()
        .put(
            content,
            Map.of(
                INCIDENT,
                context.command().getIncidentId(),
                OWNER,
                OwnerMark.of(context).text(),
                OLD,
                before));
  }

  /** Whether the newest version is of this incident and names the target. */
  boolean isSwitched(ActionContext context, MarkedDatabase target)
      throws ActionFailure, InterruptedException {
    Version newest = secret().newest();
    return isOfIncident(context, newest)
        && PlatformSecret.parse(newest.value().strip())
            .filter(found -> PlatformSecret.isAt(found, target))
            .isPresent();
  }

  /** What was there before this incident; empty when this incident's is not the newest. */
  Optional<String> kept(ActionContext context) throws ActionFailure, InterruptedException {
    Version newest = secret().newest();
    return isOfIncident(context, newest)
        ? Optional.of(secret().version(newest.tags().get(OLD)).value().strip())
        : Optional.empty();
  }

  /**
   * Writes again what was there before, unless somebody else has written since.
   *
   * @param untouched the version of before, where it is to be replaced too although this incident
   *     has written none: its login is gone; empty where it is not
   * @param change what the old content becomes
   */
  void putBack(ActionContext context, Optional<String> untouched, Function<String, String> change)
      throws ActionFailure, InterruptedException {
    Version newest = secret().newest();
    refuseIfLater(context, newest);
    String before;
    if (isOfIncident(context, newest)) {
      before = newest.tags().get(OLD);
    } else if (untouched.equals(Optional.of(newest.id()))) {
      before = newest.id();
    } else {
      if (context.fact(CutoverFacts.VAULT_BEGUN).isPresent()
          && !context.fact(CutoverFacts.VAULT_BEFORE).equals(Optional.of(newest.id()))) {
        context.progress(
            secret() + " was written by somebody else since the switch: it is left as it is");
      }
      return;
    }
    put(context, change.apply(secret().version(before).value().strip()), before);
  }

  private static boolean isOfIncident(ActionContext context, Version version) {
    return context.command().getIncidentId().equals(version.tags().get(INCIDENT))
        && version.tags().containsKey(OLD);
  }

  private void refuseIfLater(ActionContext context, Version newest) throws ActionFailure {
    String found = newest.tags().get(OWNER);
    if (found != null && OwnerMark.parse(found).laterThan(OwnerMark.of(context))) {
      throw PlatformSecret.claimedByOther(
          secret() + " was written by a later owner: " + found,
          "Nothing, when that command goes on; else write the right URL into the vault.",
          null);
    }
  }
}
