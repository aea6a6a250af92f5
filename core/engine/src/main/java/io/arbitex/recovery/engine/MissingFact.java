package io.arbitex.recovery.engine;

/**
 * A fact that an action needs is not there. In a dry run this is normal, since a step that gives it
 * was not carried out; elsewhere it is a bug in the procedure or in the command.
 */
public final class MissingFact extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MissingFact(String name) {
    super("neither the command nor an earlier action says '" + name + "'");
  }
}
