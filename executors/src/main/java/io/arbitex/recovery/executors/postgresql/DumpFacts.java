package io.arbitex.recovery.executors.postgresql;

/** Names of the facts that only this procedure's actions hand on to each other. */
final class DumpFacts {
  static final String TOOLS_MAJOR = "tools-major";
  static final String SERVER_MAJOR = "server-major";
  static final String MANIFEST = "restore-point-manifest";

  private DumpFacts() {}
}
