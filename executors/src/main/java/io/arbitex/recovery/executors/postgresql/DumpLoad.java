package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.checks.DatabaseAddress;
import io.arbitex.recovery.checks.DumpContent;
import io.arbitex.recovery.configuration.Policy;
import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.DumpPart;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Loads a dump into an empty database, in the way that its format and the policy allow: in one
 * transaction; in several sessions, where pg_restore can jump in the dump; or in sections, where
 * rows of large tables stand beside it. Only the first is all or nothing. The others may leave a
 * part behind when they fail, which is why they are for a fresh database that is dropped then.
 */
final class DumpLoad {
  private final RestoreTool tool;
  private final Policy.DumpRestore how;
  private final ActionContext context;
  private final ChosenDump dump;
  private final DatabaseAddress target;
  private final ToolProcess.Watch watch;

  /**
   * @param how in one transaction or in how many sessions
   * @param watch told of what is fed, over all runs
   */
  DumpLoad(
      RestoreTool tool,
      Policy.DumpRestore how,
      ActionContext context,
      ChosenDump dump,
      DatabaseAddress target,
      ToolProcess.Watch watch) {
    this.tool = tool;
    this.how = how;
    this.context = context;
    this.dump = dump;
    this.target = target;
    this.watch = watch;
  }

  /**
   * What came of it.
   *
   * @param failed the run that did not end well; empty when all did
   * @param changed a file that is no longer the one that was checked; empty when none is
   */
  record Loaded(Optional<ToolProcess.Result> failed, Optional<Path> changed) {}

  /**
   * Loads.
   *
   * @throws IOException when the dump cannot be read again after it
   */
  Loaded load() throws ActionFailure, ToolProcess.TimedOut, InterruptedException, IOException {
    if (dump.format().kind() == DumpFormat.Kind.PLAIN) {
      return plain();
    }
    if (!dump.point().getParts().isEmpty()) {
      return inSections();
    }
    return dump.format().seekable() && how.parallel()
        ? byPath(List.of("--jobs=" + how.jobs()))
        : dump.format().kind() == DumpFormat.Kind.DIRECTORY
            ? byPath(List.of("--single-transaction"))
            : fed(List.of("--single-transaction"));
  }

  private Loaded plain() throws ActionFailure, ToolProcess.TimedOut, InterruptedException {
    RestoreTool.Version psql = tool.psqlVersion(context);
    if (!psql.locksCommands()) {
      throw ActionFailure.permanent(
          FailureCode.PREFLIGHT,
          "a plain dump could run commands on this machine through psql " + psql,
          "Install psql " + psql.locksFrom() + " or newer where 'tools' of the inventory points.");
    }
    DumpStream stream =
        new PlainDump(dump.file(), dump.format().compression())
            .feed(dump.point().getSha256(), randomWord());
    return new Loaded(one(tool.script(target, stream)), Optional.empty());
  }

  private Loaded fed(List<String> options)
      throws ActionFailure, ToolProcess.TimedOut, InterruptedException {
    DumpStream stream = DumpStream.whole(dump.file(), dump.format().compression());
    Optional<ToolProcess.Result> failed =
        one(tool.archive(options, target, Optional.empty(), Optional.of(stream)));
    return new Loaded(failed, changed(failed, Map.of(dump.file(), stream), Map.of()));
  }

  private Loaded byPath(List<String> options)
      throws ActionFailure, ToolProcess.TimedOut, InterruptedException, IOException {
    Optional<ToolProcess.Result> failed =
        one(tool.archive(options, target, Optional.of(dump.file()), Optional.empty()));
    return new Loaded(failed, failed.isPresent() ? Optional.empty() : changedOnDisk());
  }

  /** Tables first, then all rows side by side, then indexes and constraints. */
  private Loaded inSections()
      throws ActionFailure, ToolProcess.TimedOut, InterruptedException, IOException {
    Optional<ToolProcess.Result> failed = one(section("--section=pre-data"));
    Map<Path, DumpStream> streams = new LinkedHashMap<>();
    Map<Path, String> sums = new LinkedHashMap<>();
    if (failed.isEmpty()) {
      List<ToolProcess.Run> runs = new ArrayList<>();
      for (DumpPart part : dump.point().getParts()) {
        Path file = dump.file().resolveSibling(part.getFile());
        DumpStream stream = DumpStream.whole(file, Compression.ofFile(file));
        streams.put(file, stream);
        sums.put(file, part.getSha256());
        runs.add(tool.rows(target, part.getTable(), stream));
      }
      runs.add(section("--section=data"));
      failed = all(runs);
    }
    if (failed.isEmpty()) {
      failed = one(section("--section=post-data", "--jobs=" + how.jobs()));
    }
    Optional<Path> changed = changed(failed, streams, sums);
    return new Loaded(
        failed, changed.isPresent() || failed.isPresent() ? changed : changedOnDisk());
  }

  private ToolProcess.Run section(String... options) {
    return tool.archive(List.of(options), target, Optional.of(dump.file()), Optional.empty());
  }

  private Optional<ToolProcess.Result> one(ToolProcess.Run run)
      throws ActionFailure, ToolProcess.TimedOut, InterruptedException {
    return all(List.of(run));
  }

  private Optional<ToolProcess.Result> all(List<ToolProcess.Run> runs)
      throws ActionFailure, ToolProcess.TimedOut, InterruptedException {
    return ToolProcess.runAll(context, runs, how.jobs(), context.remaining(), watch).stream()
        .filter(result -> !result.good())
        .findFirst();
  }

  private Optional<Path> changed(
      Optional<ToolProcess.Result> failed, Map<Path, DumpStream> streams, Map<Path, String> sums) {
    if (failed.isPresent()) {
      return Optional.empty();
    }
    return streams.entrySet().stream()
        .filter(
            each ->
                !each.getValue()
                    .sha256()
                    .equals(sums.getOrDefault(each.getKey(), dump.point().getSha256())))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  /** pg_restore read it by itself: it is what was checked before, if it still is so after. */
  private Optional<Path> changedOnDisk() throws IOException {
    return DumpContent.sha256(dump.file()).equals(dump.point().getSha256())
        ? Optional.empty()
        : Optional.of(dump.file());
  }

  private static String randomWord() {
    byte[] bytes = new byte[16];
    new SecureRandom().nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }
}
