package io.arbitex.recovery.schemas;

/** Keys of records: the platform, or the platform and more behind a slash. */
public final class Keys {
  private Keys() {}

  /** {@code platform/rest}. */
  public static String of(String platform, String rest) {
    return platform + "/" + rest;
  }

  /** The part of a key that decides its partition. */
  public static String platformOf(String key) {
    int slash = key.indexOf('/');
    return slash < 0 ? key : key.substring(0, slash);
  }
}
