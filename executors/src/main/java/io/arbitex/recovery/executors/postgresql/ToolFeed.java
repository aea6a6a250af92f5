package io.arbitex.recovery.executors.postgresql;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds a tool; the input is read to its end even when the tool has stopped reading, unless the run
 * is ended.
 */
final class ToolFeed implements Runnable, ToolProcess.Sink {
  private static final Logger log = LoggerFactory.getLogger(ToolFeed.class);

  private final Optional<ToolProcess.Source> source;
  private final OutputStream tool;
  private volatile IOException failure;
  private volatile boolean stopped;
  private boolean closed;

  ToolFeed(Optional<ToolProcess.Source> source, OutputStream tool) {
    this.source = source;
    this.tool = tool;
  }

  @Override
  public void run() {
    try {
      if (source.isPresent()) {
        source.get().writeTo(this);
      }
    } catch (Ended e) {
      // Nothing is wrong with the input: why the run was ended, others say.
      log.debug("{} is not read to its end", source.map(ToolProcess.Source::name).orElse(""), e);
    } catch (IOException e) {
      failure = e;
    } catch (RuntimeException e) {
      // A thread that dies without a word would leave half an input that looks like a whole one.
      failure = new IOException("cannot be read: " + e, e);
    } finally {
      close();
    }
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    if (stopped) {
      throw new Ended();
    }
    if (closed || length == 0) {
      return;
    }
    try {
      tool.write(bytes, offset, length);
    } catch (IOException e) {
      closed = true;
    }
  }

  @Override
  public boolean wanted() {
    return !closed;
  }

  private void close() {
    try {
      tool.close();
    } catch (IOException e) {
      closed = true;
    }
  }

  long read() {
    return source.map(ToolProcess.Source::read).orElse(0L);
  }

  /** Why the input was not read to its end. */
  Optional<IOException> failure() {
    return Optional.ofNullable(failure);
  }

  /** Ends reading with the next bytes; what is wrong with the input is not found from then on. */
  void stop() {
    stopped = true;
  }

  private static final class Ended extends IOException {
    private static final long serialVersionUID = 1L;

    Ended() {
      super("the run was ended");
    }
  }
}
