package io.arbitex.recovery.executors.helm;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.marcnuri.helm.Helm;
import com.marcnuri.helm.InstallCommand;
import com.marcnuri.helm.TemplateCommand;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * Helm's library in a process of its own: a request in one line of standard input, the answer in
 * one line of standard output. It ends when its standard input does, so when its executor dies.
 */
final class HelmProgram {
  private static final int ABANDONED = 3;
  private static final ObjectMapper JSON = new ObjectMapper();

  private HelmProgram() {}

  public static void main(String[] arguments) throws IOException {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    HelmRequest request = JSON.readValue(in.readLine(), HelmRequest.class);
    Thread watch = new Thread(() -> endWith(in), "executor-watch");
    watch.setDaemon(true);
    watch.start();
    HelmAnswer answer;
    try {
      answer = answer(request);
    } catch (RuntimeException e) {
      answer = new HelmAnswer(String.valueOf(e.getMessage()), "", "");
    }
    System.out.println(JSON.writeValueAsString(answer));
    System.out.flush();
  }

  private static void endWith(BufferedReader in) {
    try {
      while (in.readLine() != null) {
        // Nothing more is asked.
      }
    } catch (IOException e) {
      // The same as its end.
    }
    Runtime.getRuntime().halt(ABANDONED);
  }

  private static HelmAnswer answer(HelmRequest request) {
    return switch (request.verb()) {
      case TEMPLATE -> template(request);
      case INSTALL -> install(request);
      case UNINSTALL -> uninstall(request);
    };
  }

  private static HelmAnswer template(HelmRequest request) {
    TemplateCommand command =
        new Helm(Path.of(request.chart()))
            .template()
            .withName(request.release())
            .withNamespace(request.namespace());
    request.values().forEach(each -> command.withValuesFile(Path.of(each)));
    return new HelmAnswer(
        null, command.call(), new Helm(Path.of(request.chart())).show().chart().call());
  }

  private static HelmAnswer install(HelmRequest request) {
    InstallCommand command =
        new Helm(Path.of(request.chart()))
            .install()
            .withName(request.release())
            .withNamespace(request.namespace())
            .withDescription(request.description())
            .withKubeConfigContents(request.kubeconfig());
    request.values().forEach(each -> command.withValuesFile(Path.of(each)));
    command.call();
    return HelmAnswer.done();
  }

  private static HelmAnswer uninstall(HelmRequest request) {
    Helm.uninstall(request.release())
        .noHooks()
        .ignoreNotFound()
        .withNamespace(request.namespace())
        .withKubeConfigContents(request.kubeconfig())
        .call();
    return HelmAnswer.done();
  }
}
