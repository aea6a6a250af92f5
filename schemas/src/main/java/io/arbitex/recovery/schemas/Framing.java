package io.arbitex.recovery.schemas;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.data.TimeConversions;
import org.apache.avro.generic.GenericData;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.DatumReader;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.io.EncoderFactory;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificDatumWriter;
import org.apache.avro.specific.SpecificRecordBase;
import org.apache.avro.util.ClassSecurityValidator;

/**
 * Records to bytes and back: a zero byte, four bytes of schema id, the Avro binary form. The same
 * framing that Confluent's tools read, with ids from {@link RecordType}.
 */
public final class Framing {
  private static final byte MAGIC = 0;
  private static final int HEADER = 5;

  /** A record is far smaller than this; a length beyond it is damage, and must not be allocated. */
  private static final int LONGEST = 16 * 1024 * 1024;

  static {
    // Read by Avro when its decoder is first used.
    System.setProperty("org.apache.avro.limits.string.maxLength", Integer.toString(LONGEST));
    System.setProperty("org.apache.avro.limits.bytes.maxLength", Integer.toString(LONGEST));
    System.setProperty("org.apache.avro.limits.collectionItems.maxLength", "1000000");
    // Avro 1.12.2 refuses to make generated classes outside of trusted packages.
    ClassSecurityValidator.setGlobal(
        ClassSecurityValidator.composite(
            ClassSecurityValidator.DEFAULT,
            type -> type.getName().startsWith("io.arbitex.recovery.record.")));
  }

  /**
   * Generated classes bring conversions for their own fields only; a nullable time inside of a
   * nested record needs them here.
   */
  private static final SpecificData DATA = new SpecificData();

  static {
    DATA.addLogicalTypeConversion(new TimeConversions.TimestampMicrosConversion());
    // Lists that were read compare their elements with this one.
    GenericData.get().addLogicalTypeConversion(new TimeConversions.TimestampMicrosConversion());
  }

  private final Map<Integer, Schema> known = new ConcurrentHashMap<>();
  private final Map<Integer, Reader> readers = new ConcurrentHashMap<>();
  private final IntFunction<Optional<Schema>> newer;

  /** A framing that knows the schemas of this build only. */
  public Framing() {
    this(id -> Optional.empty());
  }

  /**
   * @param newer asked for an id that this build does not know: a newer service's, from {@code
   *     recovery.schemas}
   */
  public Framing(IntFunction<Optional<Schema>> newer) {
    this.newer = newer;
    for (RecordType type : RecordType.values()) {
      for (int id : type.ids()) {
        known.put(id, kept(id));
      }
    }
  }

  /**
   * The bytes of a record, under the id that this build writes. The same record gives the same
   * bytes.
   */
  public byte[] encode(SpecificRecordBase value) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(1_024);
    out.write(MAGIC);
    int id = RecordType.of(value.getSchema()).currentId();
    out.writeBytes(ByteBuffer.allocate(4).putInt(id).array());
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(out, null);
    try {
      new SpecificDatumWriter<SpecificRecordBase>(value.getSchema(), DATA).write(value, encoder);
      encoder.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }

  /**
   * The record in the bytes.
   *
   * @throws UndecodableRecord when they are not a whole record of that type in a known schema
   */
  public <T extends SpecificRecordBase> T decode(byte[] bytes, Class<T> type) {
    SpecificRecordBase value = decode(bytes);
    if (!type.isInstance(value)) {
      throw new UndecodableRecord(
          "a " + value.getSchema().getName() + " where a " + type.getSimpleName() + " belongs");
    }
    return type.cast(value);
  }

  /**
   * The record in the bytes, whatever its type.
   *
   * @throws UndecodableRecord when they are not a whole record in a known schema
   */
  public SpecificRecordBase decode(byte[] bytes) {
    if (bytes == null || bytes.length < HEADER) {
      throw new UndecodableRecord(
          "too short for a record: " + (bytes == null ? 0 : bytes.length) + " bytes");
    }
    if (bytes[0] != MAGIC) {
      throw new UndecodableRecord("first byte is %02x, not 00".formatted(bytes[0]));
    }
    int id = ByteBuffer.wrap(bytes, 1, 4).getInt();
    Reader reader = reader(id);
    BinaryDecoder decoder =
        DecoderFactory.get().binaryDecoder(bytes, HEADER, bytes.length - HEADER, null);
    try {
      SpecificRecordBase value = reader.datums().read(null, decoder);
      if (!decoder.isEnd()) {
        throw new UndecodableRecord("bytes left over after a " + reader.name());
      }
      return value;
    } catch (UndecodableRecord e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Damaged bytes make the decoder throw whatever they lead it to.
      throw new UndecodableRecord("not a " + reader.name() + ": " + e, e);
    }
  }

  /** What reads the records of one schema id; resolving two schemas costs more than reading. */
  private record Reader(String name, DatumReader<SpecificRecordBase> datums) {}

  private Reader reader(int id) {
    Reader known = readers.get(id);
    if (known != null) {
      return known;
    }
    Schema writer = schema(id).orElseThrow(() -> new UndecodableRecord("unknown schema id " + id));
    try {
      Schema own = RecordType.of(writer).schema();
      Reader made =
          new Reader(own.getName(), DATA.getFastReaderBuilder().createDatumReader(writer, own));
      readers.put(id, made);
      return made;
    } catch (IllegalArgumentException e) {
      throw new UndecodableRecord("schema id " + id + " is no record of this build", e);
    } catch (IOException | AvroRuntimeException e) {
      throw new UndecodableRecord("schema id " + id + " cannot be read by this build: " + e, e);
    }
  }

  /** A deep copy, so that changing the one leaves the other as it is. */
  public static <T extends SpecificRecordBase> T copy(T value) {
    return DATA.deepCopy(value.getSchema(), value);
  }

  private Optional<Schema> schema(int id) {
    Schema schema = known.get(id);
    if (schema != null) {
      return Optional.of(schema);
    }
    // Not kept: a definition that cannot be read with may be mended on the topic.
    return newer.apply(id);
  }

  /** The kept text of a schema version. */
  static Schema kept(int id) {
    try (InputStream in = Framing.class.getResourceAsStream("/catalogue/" + id + ".avsc")) {
      if (in == null) {
        throw new IllegalStateException("no /catalogue/" + id + ".avsc in the jar");
      }
      return new Schema.Parser().parse(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
