package io.arbitex.recovery.lab.credentials;

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
 * A server's key and its self-signed certificate, made once by the JDK's keytool. kubectl and
 * Azure's clients send their token over TLS only, so plain HTTP would not do.
 *
 * @param tls for the server
 * @param pem the certificate, for clients to trust
 */
public record ServerCertificate(SSLContext tls, String pem) {
  private static final String ALIAS = "server";
  private static final String PASSWORD = "changeit";
  private static final int LIMIT_SECONDS = 60;

  /**
   * Makes it, or reads the one that was made.
   *
   * @param folder private to the lab
   * @param name of the server, for those who look at the certificate
   * @throws IOException when keytool fails or the store cannot be read
   */
  public static ServerCertificate in(Path folder, String name)
      throws IOException, InterruptedException {
    Path file = folder.resolve("tls.p12");
    if (!Files.exists(file)) {
      make(file, name);
    }
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, PASSWORD.toCharArray());
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, PASSWORD.toCharArray());
      SSLContext tls = SSLContext.getInstance("TLS");
      tls.init(keys.getKeyManagers(), null, null);
      // One that an older lab has made has another alias; it is the only entry all the same.
      String alias = store.aliases().nextElement();
      String encoded =
          Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
              .encodeToString(store.getCertificate(alias).getEncoded());
      return new ServerCertificate(
          tls, "-----BEGIN CERTIFICATE-----\n" + encoded + "\n-----END CERTIFICATE-----\n");
    } catch (GeneralSecurityException e) {
      throw new IOException(file + " holds no usable key", e);
    }
  }

  private static void make(Path file, String name) throws IOException, InterruptedException {
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
                "CN=" + name,
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
