package io.arbitex.recovery.runtime.notify;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A service that takes messages: answers as it is told, or not at all. */
final class Receiver implements AutoCloseable {
  /** How it treats the next messages. */
  enum Manner {
    ANSWER,
    SILENT,
    HEADERS_ONLY
  }

  final List<String> received = new CopyOnWriteArrayList<>();
  volatile Manner manner = Manner.ANSWER;
  volatile int status = 202;
  volatile String body = "";
  private final CountDownLatch end = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  Receiver() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    server.setExecutor(threads);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            received.add(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
            if (manner == Manner.SILENT) {
              end.await();
            }
            byte[] answer = body.getBytes(UTF_8);
            exchange.sendResponseHeaders(status, answer.length + 1L);
            exchange.getResponseBody().write(answer);
            exchange.getResponseBody().flush();
            if (manner == Manner.HEADERS_ONLY) {
              end.await();
            }
            exchange.getResponseBody().write('\n');
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    server.start();
  }

  String url(String path) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + path;
  }

  @Override
  public void close() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
