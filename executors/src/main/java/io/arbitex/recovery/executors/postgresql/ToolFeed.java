package io.arbitex.recovery.executors.postgresql;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Optional;

/** Feeds a tool; the input is read to its end even when the tool has stopped reading. */
final class ToolFeed implements Runnable, ToolProcess.Sink {
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
      throw new IOException("the run was ended");
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

  void stop() {
    stopped = true;
  }
}
