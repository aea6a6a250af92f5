package io.arbitex.recovery.lab.kubernetes.store;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Function;

/** The changes that one watch is to see, in order. Closing it ends the wait of its reader. */
public final class Subscription implements AutoCloseable {
  /** What a reader that does not keep up may be behind. */
  private static final int MOST_WAITING = 20_000;

  private final BlockingQueue<WatchEvent> waiting = new LinkedBlockingQueue<>();
  private final Function<WatchEvent, Optional<WatchEvent>> view;
  private final Consumer<Subscription> onClose;
  private volatile boolean expired;
  private volatile boolean closed;

  Subscription(Function<WatchEvent, Optional<WatchEvent>> view, Consumer<Subscription> onClose) {
    this.view = view;
    this.onClose = onClose;
  }

  void offer(WatchEvent event) {
    if (waiting.size() >= MOST_WAITING) {
      expired = true;
    }
    if (!expired) {
      view.apply(event).ifPresent(waiting::add);
    }
  }

  /** The next change; empty when none came within the time. */
  public Optional<WatchEvent> next(Duration limit) throws InterruptedException {
    return Optional.ofNullable(waiting.poll(limit.toMillis(), TimeUnit.MILLISECONDS));
  }

  /** From now on the reader is told that it has missed changes. */
  public void expire() {
    expired = true;
  }

  public boolean isExpired() {
    return expired;
  }

  public boolean isClosed() {
    return closed;
  }

  @Override
  public void close() {
    closed = true;
    onClose.accept(this);
  }
}
