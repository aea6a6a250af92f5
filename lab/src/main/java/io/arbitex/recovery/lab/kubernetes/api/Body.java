package io.arbitex.recovery.lab.kubernetes.api;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.arbitex.recovery.lab.kubernetes.objects.ApiFailure;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/** Reads what clients send: JSON, and YAML or Protobuf where they say so. */
final class Body {
  private Body() {}

  /**
   * @param contentType null for JSON
   * @throws ApiFailure 400 for what cannot be read, 415 for Protobuf that is not known
   */
  static JsonNode read(String contentType, byte[] body) {
    if (body.length == 0) {
      return Meta.JSON.createObjectNode();
    }
    if (contentType != null && contentType.contains("protobuf")) {
      return ProtobufBody.read(body);
    }
    try {
      if (contentType != null && contentType.contains("yaml")) {
        Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
        return Meta.JSON.valueToTree(yaml.load(new String(body, StandardCharsets.UTF_8)));
      }
      return Meta.JSON.readTree(body);
    } catch (YAMLException | JsonProcessingException e) {
      ApiFailure failure = ApiFailure.badRequest("the body cannot be read: " + e.getMessage());
      failure.initCause(e);
      throw failure;
    } catch (IOException e) {
      throw new IllegalStateException("reading from memory", e);
    }
  }

  /**
   * @throws ApiFailure 400 for anything but an object
   */
  static ObjectNode object(String contentType, byte[] body) {
    if (read(contentType, body) instanceof ObjectNode object) {
      return object;
    }
    throw ApiFailure.badRequest("the body is no object");
  }
}
