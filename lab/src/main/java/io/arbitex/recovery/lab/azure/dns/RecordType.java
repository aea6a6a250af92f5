package io.arbitex.recovery.lab.azure.dns;

/** The types that the lab has. */
public enum RecordType {
  A,
  CNAME,
  TXT
}
