package io.arbitex.recovery.lab.kubernetes.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;

/** The wire format of Protobuf, read into the JSON that Kubernetes has for the same message. */
final class WireFormat {
  private static final int VARINT = 0;
  private static final int LENGTH_DELIMITED = 2;
  private static final int TYPE_BITS = 3;
  private static final int VARINT_BITS = 7;
  private static final int MOST_VARINT_BITS = 64;

  private final ByteBuffer from;

  private WireFormat(byte[] message) {
    this.from = ByteBuffer.wrap(message);
  }

  /** How a field's value stands in JSON. */
  enum Kind {
    TEXT,
    /** In Base64. */
    BYTES,
    NUMBER,
    FLAG,
    TEXTS,
    TEXTS_BY_NAME,
    BYTES_BY_NAME,
    MESSAGE,
    /** Read, and not taken. */
    PASSED_OVER
  }

  /**
   * A field.
   *
   * @param shape of a {@link Kind#MESSAGE}; null for others
   */
  record Field(String name, Kind kind, Shape shape) {}

  /** The fields of a message, by number. */
  record Shape(Map<Integer, Field> fields) {
    static Field field(String name, Kind kind) {
      return new Field(name, kind, null);
    }

    static Field field(String name, Shape shape) {
      return new Field(name, Kind.MESSAGE, shape);
    }
  }

  /**
   * @throws ApiFailure 400 for a message that is cut off or damaged, 415 for a field that the shape
   *     does not have
   */
  static ObjectNode read(byte[] message, Shape shape) {
    try {
      return new WireFormat(message).message(shape);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      ApiFailure failure = ApiFailure.badRequest("the Protobuf cannot be read: " + e);
      failure.initCause(e);
      throw failure;
    }
  }

  private ObjectNode message(Shape shape) {
    ObjectNode read = Meta.JSON.createObjectNode();
    while (from.hasRemaining()) {
      long tag = varint();
      Field field = shape.fields().get((int) (tag >>> TYPE_BITS));
      int type = (int) tag & ((1 << TYPE_BITS) - 1);
      if (field == null) {
        throw ApiFailure.of(
            415, "UnsupportedMediaType", "the lab knows no field " + (tag >>> TYPE_BITS));
      }
      if (type == VARINT) {
        number(read, field, varint());
      } else if (type == LENGTH_DELIMITED) {
        put(read, field, bytes());
      } else {
        throw new IllegalArgumentException("wire type " + type + " of " + field.name());
      }
    }
    return read;
  }

  private static void number(ObjectNode read, Field field, long value) {
    switch (field.kind()) {
      case NUMBER -> read.put(field.name(), value);
      case FLAG -> read.put(field.name(), value != 0);
      case PASSED_OVER -> {
        // Read already.
      }
      default -> throw new IllegalArgumentException(field.name() + " is no number");
    }
  }

  private static void put(ObjectNode read, Field field, byte[] value) {
    switch (field.kind()) {
      case TEXT -> {
        // Go's own clients send empty texts, which JSON leaves out.
        if (value.length > 0) {
          read.put(field.name(), text(value));
        }
      }
      case BYTES -> read.put(field.name(), Base64.getEncoder().encodeToString(value));
      case TEXTS -> array(read, field).add(text(value));
      case TEXTS_BY_NAME -> entry(read, field, value, Kind.TEXT);
      case BYTES_BY_NAME -> entry(read, field, value, Kind.BYTES);
      case MESSAGE -> read.set(field.name(), new WireFormat(value).message(field.shape()));
      case PASSED_OVER -> {
        // Read already.
      }
      case NUMBER, FLAG -> throw new IllegalArgumentException(field.name() + " is a number");
    }
  }

  private static ArrayNode array(ObjectNode read, Field field) {
    return read.get(field.name()) instanceof ArrayNode there ? there : read.putArray(field.name());
  }

  private static void entry(ObjectNode read, Field field, byte[] value, Kind kind) {
    ObjectNode entry =
        new WireFormat(value)
            .message(
                new Shape(Map.of(1, Shape.field("key", Kind.TEXT), 2, Shape.field("value", kind))));
    ObjectNode all =
        read.get(field.name()) instanceof ObjectNode there ? there : read.putObject(field.name());
    all.put(entry.path("key").asText(), entry.path("value").asText());
  }

  private byte[] bytes() {
    long length = varint();
    if (length < 0 || length > from.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] value = new byte[(int) length];
    from.get(value);
    return value;
  }

  private static String text(byte[] value) {
    return new String(value, StandardCharsets.UTF_8);
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < MOST_VARINT_BITS; shift += VARINT_BITS) {
      byte next = from.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
    throw new IllegalArgumentException("a number is too long");
  }
}
