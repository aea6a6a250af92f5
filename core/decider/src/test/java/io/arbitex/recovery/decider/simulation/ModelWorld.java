package io.arbitex.recovery.decider.simulation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The protected world in a few fields: a server that may be lost, a spare server with databases,
 * and the secret that says which one the platform uses. It holds the rules that must never be
 * broken.
 */
final class ModelWorld {
  static final class Database {
    boolean restored;
    boolean proven;
  }

  boolean primaryUp = true;
  boolean primaryFenced;
  String secret = "primary";
  long secretToken;
  final Map<String, Database> spare = new TreeMap<>();
  final Set<String> everPublished = new HashSet<>();
  final List<String> broken = new ArrayList<>();
  int creations;

  void create(String name) {
    creations++;
    spare.putIfAbsent(name, new Database());
  }

  void restore(String name) {
    Database database = spare.get(name);
    if (database == null) {
      broken.add("restored into " + name + ", which is not there");
      return;
    }
    if (everPublished.contains(name)) {
      broken.add("restored over " + name + ", which is published");
    }
    database.restored = true;
  }

  void drop(String name) {
    if (everPublished.contains(name)) {
      broken.add("dropped " + name + ", which is published");
    }
    spare.remove(name);
  }

  /** The target itself refuses an owner that came too late. */
  boolean publish(String name, long token) {
    if (token < secretToken) {
      return false;
    }
    Database database = spare.get(name);
    if (database == null || !database.restored || !database.proven) {
      broken.add("published " + name + ", which is not proven");
    }
    if (primaryUp && !primaryFenced && secret.equals("primary")) {
      broken.add("published " + name + " while the source could be written to");
    }
    secretToken = token;
    secret = name;
    everPublished.add(name);
    return true;
  }

  boolean platformServes() {
    return secret.equals("primary")
        ? primaryUp && !primaryFenced
        : spare.containsKey(secret) && spare.get(secret).restored;
  }
}
