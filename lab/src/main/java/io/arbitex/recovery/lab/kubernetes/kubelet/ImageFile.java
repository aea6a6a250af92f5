package io.arbitex.recovery.lab.kubernetes.kubelet;

import com.fasterxml.jackson.core.type.TypeReference;
import io.arbitex.recovery.lab.kubernetes.objects.Meta;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/**
 * The lab's registry of images: a YAML (or JSON) file with {@code images:}, by name. It is read
 * whenever a container starts, so an image may be pushed by adding it to the file. An entry without
 * a tag stands for every tag.
 */
public final class ImageFile {
  private final Path file;

  public ImageFile(Path file) {
    this.file = file;
  }

  /**
   * The image of this name; empty when there is none.
   *
   * @throws IOException when the file cannot be read or has what does not belong there
   */
  Optional<Image> find(String name) throws IOException {
    Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
    Map<String, Object> whole = yaml.load(Files.readString(file));
    try {
      Map<String, Image> images =
          Meta.JSON.convertValue(
              whole == null ? Map.of() : whole.getOrDefault("images", Map.of()),
              new TypeReference<>() {});
      int tag = name.indexOf(':', name.lastIndexOf('/') + 1);
      return Optional.ofNullable(images.get(name))
          .or(() -> Optional.ofNullable(tag < 0 ? null : images.get(name.substring(0, tag))));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " is no image file: " + e.getMessage(), e);
    }
  }
}
