package io.arbitex.recovery.executors.cutover;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Predicate;

/** The secret in a file, which the platform follows by itself. */
final class FileSecret implements PlatformSecret {
  private final Path path;
  private final SecretFile file;

  FileSecret(Path path) {
    this.path = path;
    this.file = new SecretFile(path);
  }

  @Override
  public Optional<String> read() throws ActionFailure {
    try {
      return file.read();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void probe() throws ActionFailure {
    try {
      file.probe();
    } catch (IOException e) {
      throw new ActionFailure(
          FailureCode.PREFLIGHT,
          "the connection secret " + path + " could not be replaced: " + e,
          "Give the executor's user the right to write there, and to hand files to the owner of"
              + " the secret; see to space and mount.",
          false,
          e);
    }
  }

  @Override
  public void claim(ActionContext context) throws ActionFailure {
    try {
      file.claim(SecretFile.Claim.of(context));
    } catch (SecretFile.ClaimedByLaterOwner e) {
      throw later(e);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void replace(ActionContext context, String content, Predicate<String> keep)
      throws ActionFailure {
    try {
      file.replace(content, SecretFile.Claim.of(context), context.command().getIncidentId(), keep);
    } catch (SecretFile.ClaimedByLaterOwner e) {
      throw later(e);
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public Optional<String> kept(ActionContext context) throws ActionFailure {
    try {
      return file.kept(context.command().getIncidentId());
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private static ActionFailure later(SecretFile.ClaimedByLaterOwner e) {
    return PlatformSecret.claimedByOther(
        e.getMessage(),
        "Nothing, when that command goes on. When it belongs to a pipeline that is gone and its"
            + " moment is wrong, delete the .owner file beside the secret and retry.",
        e);
  }

  private static ActionFailure failure(IOException error) {
    return new ActionFailure(
        FailureCode.TOOL_FAILED,
        "the connection secret cannot be read or written: " + error,
        "See to the folder of the secret: rights, space, mount.",
        true,
        error);
  }
}
