package io.arbitex.recovery.runtime;

import io.arbitex.recovery.configuration.Section;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/**
 * Where a service's health and metrics page listens: {@code http} of its file.
 *
 * @param bind the address; the loopback where nothing is said
 * @param number 0 to 65,535; 0 takes a free one
 */
public record HttpPort(InetAddress bind, int number) {

  /** A free port on the loopback. */
  public static HttpPort free() {
    return new HttpPort(InetAddress.getLoopbackAddress(), 0);
  }

  /** Reads the section; mistakes go to the document's list. */
  static HttpPort read(Section http) {
    int number = http.integer("port", 0, 0, 65_535);
    String bind = http.text("bind", "127.0.0.1");
    InetAddress address = InetAddress.getLoopbackAddress();
    try {
      address = InetAddress.getByName(bind);
    } catch (UnknownHostException e) {
      http.problem("bind", "'" + bind + "' is no address that is known here");
    }
    http.close();
    return new HttpPort(address, number);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(bind, number);
  }
}
