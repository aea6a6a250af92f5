package io.arbitex.recovery.backup;

import io.arbitex.recovery.record.RestorePoint;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Folders: the first is written to, the others get copies. */
final class FolderShelf implements Shelf {
  private static final Logger log = LoggerFactory.getLogger(FolderShelf.class);

  private final String platform;
  private final String component;
  private final List<Path> folders;
  private final Retention retention;

  FolderShelf(String platform, String component, List<Path> folders, Retention retention) {
    this.platform = platform;
    this.component = component;
    this.folders = List.copyOf(folders);
    this.retention = retention;
  }

  @Override
  public void copy(RestorePoint point) {
    for (Path folder : folders.subList(1, folders.size())) {
      try {
        BackupCopies.copy(point, folder);
      } catch (IOException e) {
        log.error("restore point {} has no copy in {}", point.getId(), folder, e);
      }
    }
  }

  @Override
  public List<RestorePoint> keepNewest() {
    List<RestorePoint> expired = new ArrayList<>();
    for (int i = 0; i < folders.size(); i++) {
      try {
        for (RestorePoint gone : retention.apply(folders.get(i), platform, component)) {
          log.info("restore point {} is deleted from {}", gone.getId(), folders.get(i));
          if (i == 0) {
            expired.add(gone);
          }
        }
      } catch (IOException e) {
        log.error("old restore points in {} cannot be deleted", folders.get(i), e);
      }
    }
    return expired;
  }

  @Override
  public BackupFolders.Contents read(Collection<RestorePoint> known) {
    return BackupFolders.read(folders, platform, component, known);
  }
}
