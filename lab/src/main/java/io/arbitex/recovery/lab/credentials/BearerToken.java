package io.arbitex.recovery.lab.credentials;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;

/** The token of the lab's only user, made once. */
public final class BearerToken {
  private static final int BYTES = 24;

  private BearerToken() {}

  /**
   * Makes it, or reads the one that was made.
   *
   * @param folder where it is the file {@code token}, for its owner only
   */
  public static String in(Path folder) throws IOException {
    Path file = folder.resolve("token");
    if (Files.exists(file)) {
      return Files.readString(file).trim();
    }
    byte[] random = new byte[BYTES];
    new SecureRandom().nextBytes(random);
    String token = Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(file, token + "\n");
    return token;
  }
}
