package io.arbitex.recovery.lab.azure.postgresql;

import java.util.ArrayList;
import java.util.List;

/**
 * Addresses of version 4 from the first to the last, both included, as a firewall rule names them.
 *
 * @param start such as 10.0.0.1
 * @param end not before the start
 */
public record IpRange(String start, String end) {
  private static final int BITS = 32;

  /**
   * @throws IllegalArgumentException when one is no address, or the end is before the start
   */
  public IpRange {
    if (number(start) > number(end)) {
      throw new IllegalArgumentException(end + " is before " + start);
    }
  }

  /** The same addresses as the fewest blocks of CIDR, as PostgreSQL's access file takes them. */
  public List<String> blocks() {
    List<String> blocks = new ArrayList<>();
    long next = number(start);
    long last = number(end);
    while (next <= last) {
      int free = next == 0 ? BITS : Math.min(BITS, Long.numberOfTrailingZeros(next));
      while (next + (1L << free) - 1 > last) {
        free--;
      }
      blocks.add(text(next) + "/" + (BITS - free));
      next += 1L << free;
    }
    return blocks;
  }

  private static long number(String address) {
    if (address == null || !address.matches("\\d{1,3}(\\.\\d{1,3}){3}")) {
      throw new IllegalArgumentException(address + " is no IPv4 address");
    }
    long number = 0;
    for (String part : address.split("\\.")) {
      int value = Integer.parseInt(part);
      if (value > 255) {
        throw new IllegalArgumentException(address + " is no IPv4 address");
      }
      number = number << 8 | value;
    }
    return number;
  }

  private static String text(long number) {
    return (number >> 24 & 255)
        + "."
        + (number >> 16 & 255)
        + "."
        + (number >> 8 & 255)
        + "."
        + (number & 255);
  }
}
