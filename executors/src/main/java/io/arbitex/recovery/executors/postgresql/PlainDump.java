package io.arbitex.recovery.executors.postgresql;

import io.arbitex.recovery.engine.ActionContext;
import io.arbitex.recovery.engine.ActionFailure;
import io.arbitex.recovery.record.FailureCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A dump that is a script for psql. */
final class PlainDump {
  private static final String CUT = "ends before pg_dump's last line: it is cut";

  private final Path file;
  private final Compression compression;

  PlainDump(Path file, Compression compression) {
    this.file = file;
    this.compression = compression;
  }

  /**
   * What reading it to its end gave.
   *
   * @param fault why it is not to be used
   */
  record Reading(String sha256, DumpScript statements, Optional<String> fault) {}

  /**
   * Reads it whole.
   *
   * @throws ActionFailure when the step is cancelled, or the limit is over
   */
  Reading read(ActionContext context, Duration limit) throws ActionFailure {
    PlainScript script = new PlainScript();
    long started = System.nanoTime();
    ToolProcess.Sink nowhere =
        new ToolProcess.Sink() {
          @Override
          public void write(byte[] bytes, int offset, int length) throws IOException {
            if (context.cancelled() || System.nanoTime() - started > limit.toNanos()) {
              throw new Ended();
            }
          }

          @Override
          public boolean wanted() {
            return true;
          }
        };
    DumpStream stream =
        new DumpStream(
            file,
            compression,
            new DumpStream.Transfer() {
              @Override
              public void accept(byte[] bytes, int length, ToolProcess.Sink tool)
                  throws IOException {
                script.accept(bytes, length, tool::write);
              }

              @Override
              public void end(ToolProcess.Sink tool, String sha256) throws IOException {
                script.end(tool::write);
              }
            },
            true);
    try {
      stream.writeTo(nowhere);
    } catch (Ended e) {
      throw new ActionFailure(
          FailureCode.TOOL_FAILED,
          "reading "
              + file
              + " was ended: cancelled, or it took longer than "
              + limit.toSeconds()
              + " s",
          "See to the disk or the share that the dump is on, or allow more time.",
          false,
          e);
    } catch (IOException e) {
      return new Reading(stream.sha256(), script.statements(), Optional.of(Compression.said(e)));
    }
    return new Reading(
        stream.sha256(),
        script.statements(),
        script.complete() ? Optional.empty() : Optional.of(CUT));
  }

  /**
   * The script for psql, in one transaction. COMMIT is sent only when the decompressor has ended
   * well, pg_dump's last line was seen, and the file is still the one that was checked.
   *
   * @param sha256 of the file that was checked
   * @param restriction a word that psql's own commands are locked with, so that a script can only
   *     hold SQL
   */
  DumpStream feed(String sha256, String restriction) {
    PlainScript script = new PlainScript();
    String before = "\\restrict " + restriction + "\nBEGIN;\n";
    String after = "\nCOMMIT;\n\\unrestrict " + restriction + "\n";
    return new DumpStream(
        file,
        compression,
        new DumpStream.Transfer() {
          private boolean begun;

          @Override
          public void accept(byte[] bytes, int length, ToolProcess.Sink tool) throws IOException {
            if (!begun) {
              begun = true;
              send(before, tool);
            }
            script.accept(bytes, length, tool::write);
          }

          @Override
          public void end(ToolProcess.Sink tool, String found) throws IOException {
            script.end(tool::write);
            if (!script.complete()) {
              throw new IOException(CUT);
            }
            if (!found.equals(sha256)) {
              throw new IOException("changed while it was restored");
            }
            send(after, tool);
          }
        },
        true);
  }

  private static void send(String text, ToolProcess.Sink tool) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    tool.write(bytes, 0, bytes.length);
  }

  private static final class Ended extends IOException {
    private static final long serialVersionUID = 1L;
  }
}
