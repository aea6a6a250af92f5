package io.arbitex.recovery.lab.kubernetes;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Base64;

/** The file by which clients find the API server and are let in. */
final class Kubeconfig {
  private static final String TEXT =
      """
      apiVersion: v1
      kind: Config
      current-context: lab
      clusters:
      - name: lab
        cluster:
          server: https://127.0.0.1:%d
          certificate-authority-data: %s
      users:
      - name: lab
        user:
          token: %s
      contexts:
      - name: lab
        context:
          cluster: lab
          user: lab
          namespace: %s
      """;

  private Kubeconfig() {}

  /**
   * Writes it, for its owner only.
   *
   * @param pem the certificate to trust
   * @param namespace in which clients are if they do not say
   */
  static void write(Path file, int port, String pem, String token, String namespace)
      throws IOException {
    String authority = Base64.getEncoder().encodeToString(pem.getBytes(StandardCharsets.US_ASCII));
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(beside);
    Files.createFile(
        beside, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(beside, TEXT.formatted(port, authority, token, namespace));
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }
}
