package io.arbitex.recovery.lab.kubernetes.api;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.api.WireFormat.Kind;
import io.arbitex.recovery.lab.kubernetes.api.WireFormat.Shape;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;

/**
 * Objects in Kubernetes' Protobuf, which Go's typed clients send: Helm keeps its releases that way.
 * The numbers of fields are those of Kubernetes' own {@code generated.proto} files. Only what such
 * a client was seen to send is known; all else is refused with 415, as a server without it would.
 */
final class ProtobufBody {
  private static final byte[] MAGIC = {'k', '8', 's', 0};

  /** {@code k8s.io/apimachinery/pkg/runtime.Unknown}: what stands around every object. */
  private static final Shape ENVELOPE =
      new Shape(
          Map.of(
              1,
              Shape.field(
                  "typeMeta",
                  new Shape(
                      Map.of(
                          1, Shape.field("apiVersion", Kind.TEXT),
                          2, Shape.field("kind", Kind.TEXT)))),
              2,
              Shape.field("raw", Kind.BYTES),
              3,
              Shape.field("contentEncoding", Kind.TEXT),
              4,
              Shape.field("contentType", Kind.TEXT)));

  /** {@code k8s.io/apimachinery/pkg/apis/meta/v1.ObjectMeta}. */
  private static final Shape METADATA =
      new Shape(
          Map.ofEntries(
              Map.entry(1, Shape.field("name", Kind.TEXT)),
              Map.entry(2, Shape.field("generateName", Kind.TEXT)),
              Map.entry(3, Shape.field("namespace", Kind.TEXT)),
              Map.entry(4, Shape.field("selfLink", Kind.TEXT)),
              Map.entry(5, Shape.field("uid", Kind.TEXT)),
              Map.entry(6, Shape.field("resourceVersion", Kind.TEXT)),
              Map.entry(7, Shape.field("generation", Kind.NUMBER)),
              // The server's own: whatever a client sends of it is not taken.
              Map.entry(8, Shape.field("creationTimestamp", Kind.PASSED_OVER)),
              Map.entry(11, Shape.field("labels", Kind.TEXTS_BY_NAME)),
              Map.entry(12, Shape.field("annotations", Kind.TEXTS_BY_NAME)),
              Map.entry(14, Shape.field("finalizers", Kind.TEXTS)),
              Map.entry(17, Shape.field("managedFields", Kind.PASSED_OVER))));

  private static final Map<String, Shape> KNOWN =
      Map.of(
          "v1/Secret",
          new Shape(
              Map.of(
                  1, Shape.field("metadata", METADATA),
                  2, Shape.field("data", Kind.BYTES_BY_NAME),
                  3, Shape.field("type", Kind.TEXT),
                  4, Shape.field("stringData", Kind.TEXTS_BY_NAME),
                  5, Shape.field("immutable", Kind.FLAG))),
          "meta.k8s.io/v1/DeleteOptions",
          deleteOptions(),
          "v1/DeleteOptions",
          deleteOptions());

  private ProtobufBody() {}

  private static Shape deleteOptions() {
    return new Shape(
        Map.of(
            1, Shape.field("gracePeriodSeconds", Kind.NUMBER),
            4, Shape.field("propagationPolicy", Kind.TEXT),
            5, Shape.field("dryRun", Kind.TEXTS)));
  }

  /**
   * @throws ApiFailure 400 for what cannot be read, 415 for an object or a field that is not known
   */
  static ObjectNode read(byte[] body) {
    if (body.length < MAGIC.length
        || !Arrays.equals(body, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw ApiFailure.badRequest("the body is not Kubernetes' Protobuf");
    }
    ObjectNode envelope = WireFormat.read(Arrays.copyOfRange(body, 4, body.length), ENVELOPE);
    String apiVersion = envelope.at("/typeMeta/apiVersion").asText();
    String kind = envelope.at("/typeMeta/kind").asText();
    Shape shape = KNOWN.get(apiVersion + "/" + kind);
    if (shape == null) {
      throw ApiFailure.of(
          415,
          "UnsupportedMediaType",
          "the lab takes JSON and YAML only for a %s of %s".formatted(kind, apiVersion));
    }
    ObjectNode object = Meta.JSON.createObjectNode();
    object.put("apiVersion", apiVersion).put("kind", kind);
    byte[] raw = Base64.getDecoder().decode(envelope.path("raw").asText());
    object.setAll(WireFormat.read(raw, shape));
    return object;
  }
}
