#include "supervisor/egress/file_watch.h"

namespace nano {

bool FileWatch::hasChanged() {
  struct stat status;
  std::optional<Stamp> now;
  if (stat(path_.c_str(), &status) == 0) {
    now = Stamp{status.st_dev, status.st_ino, status.st_size, status.st_mtim.tv_sec,
                status.st_mtim.tv_nsec};
  }
  bool changed = !looked_ || now != stamp_;
  looked_ = true;
  stamp_ = now;
  return changed;
}

}  // namespace nano
