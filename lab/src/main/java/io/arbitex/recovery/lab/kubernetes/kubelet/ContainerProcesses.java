package io.arbitex.recovery.lab.kubernetes.kubelet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds all processes of a container, whatever became of their parents: those of the session that
 * its first process leads, and those with its mark in their environment. Neither is enough: execs
 * have sessions of their own, and servers such as Redis write over their environment. Needs Linux's
 * {@code /proc}.
 */
final class ContainerProcesses {
  private static final Logger log = LoggerFactory.getLogger(ContainerProcesses.class);
  static final String MARK = "LAB_CONTAINER_ID";

  private ContainerProcesses() {}

  /**
   * @param leader the pid of the first process, living or not; 0 when it is not known
   */
  static List<ProcessHandle> of(String containerId, long leader) {
    String mark = MARK + "=" + containerId;
    return ProcessHandle.allProcesses()
        .filter(each -> (leader != 0 && session(each.pid()) == leader) || hasMark(each.pid(), mark))
        .toList();
  }

  /** KILL to all of them. */
  static void kill(String containerId, long leader) {
    of(containerId, leader).forEach(ProcessHandle::destroyForcibly);
  }

  private static boolean hasMark(long pid, String mark) {
    return List.of(read(pid, "environ").split("\0", -1)).contains(mark);
  }

  private static long session(long pid) {
    String stat = read(pid, "stat");
    // The name before it, in brackets, may hold anything.
    String[] fields = stat.substring(stat.lastIndexOf(')') + 1).trim().split(" ", -1);
    return fields.length > 3 ? Long.parseLong(fields[3]) : -1;
  }

  private static String read(long pid, String file) {
    try {
      return Files.readString(
          Path.of("/proc", Long.toString(pid), file), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      log.trace("process {} is gone or not ours", pid, e);
      return "";
    }
  }
}
