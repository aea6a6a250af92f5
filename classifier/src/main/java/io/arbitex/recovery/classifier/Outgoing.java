package io.arbitex.recovery.classifier;

import java.util.OptionalInt;

/**
 * A record on its way to a topic.
 *
 * @param partition fixed for dead letters (where they came from), else the key decides
 */
@SuppressWarnings("ArrayRecordComponent") // never compared, handed on once
record Outgoing(String topic, byte[] value, OptionalInt partition) {}
