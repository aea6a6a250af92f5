package io.arbitex.recovery.lab.kubernetes.kubelet;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Translates the absolute paths at which a container sees its volumes to where they are on this
 * machine. A path counts where it stands as a whole: {@code /data} in {@code --dir=/data/x} and in
 * {@code cat '/data'}, not in {@code /database} and not in {@code /var/data}.
 */
final class MountedPaths {
  private final Map<String, Path> mounts =
      new TreeMap<>(
          Comparator.comparing(String::length).reversed().thenComparing(Comparator.naturalOrder()));
  private final Pattern pattern;

  /**
   * @param mounts where each mount path is on this machine
   */
  MountedPaths(Map<String, Path> mounts) {
    this.mounts.putAll(mounts);
    String any = this.mounts.keySet().stream().map(Pattern::quote).collect(Collectors.joining("|"));
    this.pattern = Pattern.compile("(?<![\\w./-])(" + any + ")(?=$|/|[^\\w.-])");
  }

  String translate(String text) {
    if (mounts.isEmpty()) {
      return text;
    }
    return pattern
        .matcher(text)
        .replaceAll(hit -> Matcher.quoteReplacement(mounts.get(hit.group(1)).toString()));
  }

  List<String> translate(List<String> texts) {
    return texts.stream().map(this::translate).toList();
  }
}
