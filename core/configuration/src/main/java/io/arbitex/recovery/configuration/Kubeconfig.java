package io.arbitex.recovery.configuration;

import java.io.IOException;

/**
 * How a cluster is reached to which no kubeconfig of the inventory leads: somebody gives it out
 * when it is asked for. Its content is a secret: never kept in a record, never logged.
 */
public interface Kubeconfig {
  /**
   * The content that counts now.
   *
   * @throws NoSuchCluster when whoever gives it out says that there is no such cluster
   * @throws java.io.InterruptedIOException when interrupted meanwhile; the thread's mark stays set
   * @throws IOException when it cannot be had now; never with the content
   */
  String content() throws IOException;

  /**
   * The cluster does not know whoever shows this content (HTTP 401): it is not given out again.
   *
   * @param content that was shown; what has been given out anew meanwhile stays
   */
  void refused(String content);

  /** Where it comes from, which may be told to anybody. */
  @Override
  String toString();
}
