package io.arbitex.recovery.lab.kubernetes.api;

import java.util.List;

/**
 * What the API server says of itself: {@code ok}, or the list of its checks when it is asked for or
 * one of them failed.
 *
 * @param path that was asked for
 * @param good whether all checks pass
 */
record ServerHealth(String path, boolean good) {
  private static final List<String> PATHS = List.of("/healthz", "/readyz", "/livez");

  static boolean isFor(String method, String path) {
    return method.equals("GET") && PATHS.contains(path);
  }

  int status() {
    return good ? 200 : 500;
  }

  String text(boolean verbose) {
    if (good && !verbose) {
      return "ok";
    }
    String name = path.substring(1);
    return "[+]ping ok\n[+]log ok\n"
        + (good ? "[+]etcd ok\n" : "[-]etcd failed: reason withheld\n")
        + (good ? name + " check passed\n" : name + " check failed\n");
  }
}
