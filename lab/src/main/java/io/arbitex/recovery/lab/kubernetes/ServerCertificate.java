package io.arbitex.recovery.lab.kubernetes;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * The API server's key and its self-signed certificate, made once by the JDK's keytool. kubectl
 * sends its token over TLS only, so plain HTTP would not do.
 *
 * @param tls for the server
 * @param pem the certificate, for clients to trust
 */
record ServerCertificate(SSLContext tls, String pem) {
  private static final String ALIAS = "kubernetes";
  private static final String PASSWORD = "changeit";
  private static final int LIMIT_SECONDS = 60;

  /**
   * Makes it, or reads the one that was made.
   *
   * @param folder private to the lab
   * @throws IOException when keytool fails or the store cannot be read
   */
  static ServerCertificate in(Path folder) throws IOException, InterruptedException {
    Path file = folder.resolve("tls.p12");
    if (!Files.exists(file)) {
      make(file);
    }
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, PASSWORD.toCharArray());
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, PASSWORD.toCharArray());
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(keys.getKeyManagers(), null, null);
      String encoded =
          Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
              .encodeToString(store.getCertificate(ALIAS).getEncoded());
      return new ServerCertificate(
          tls, "-----BEGIN CERTIFICATE-----\n" + encoded + "\n-----END CERTIFICATE-----\n");
    } catch (GeneralSecurityException e) {
      throw new IOException(file + " holds no usable key", e);
    }
  }

  private static void make(Path file) throws IOException, InterruptedException {
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Files.deleteIfExists(beside);
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-keystore",
                beside.toString(),
                "-storetype",
                "PKCS12",
                "-storepass",
                PASSWORD,
                "-alias",
                ALIAS,
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=lab-kubernetes",
                "-validity",
                "3650",
                "-ext",
                "san=ip:127.0.0.1,dns:localhost",
                "-ext",
                "bc:c=ca:true")
            .redirectErrorStream(true)
            .start();
    keytool.getOutputStream().close();
    String said = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!keytool.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || keytool.exitValue() != 0) {
      keytool.destroyForcibly();
      throw new IOException("keytool made no certificate: " + said);
    }
    Files.move(beside, file);
  }
}
