#include "nanoctl/file_watch.h"

#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

namespace nano {

namespace {

constexpr uint32_t kEvents = IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO;
// An editor that saves writes several files in a burst.
constexpr int kQuietMillis = 50;

bool counts(const std::string& name) {
  if (name == ".dev.vars" || name == ".env") return true;
  return !name.empty() && name[0] != '.' && name != "node_modules" && name != "dist" &&
         !name.ends_with("~");
}

}  // namespace

Result<std::unique_ptr<FileWatch>> FileWatch::start(const std::string& folder) {
  int fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);
  if (fd < 0) return Failure{std::string("file changes cannot be watched: ") + strerror(errno)};
  std::unique_ptr<FileWatch> watch(new FileWatch(kj::AutoCloseFd(fd)));
  watch->watch(folder);
  return watch;
}

void FileWatch::watch(const std::string& folder) {
  int id = inotify_add_watch(inotify_, folder.c_str(), kEvents | IN_ONLYDIR);
  if (id < 0) return;
  folders_[id] = folder;
  std::error_code error;
  for (auto& entry : std::filesystem::directory_iterator(folder, error)) {
    if (entry.is_directory(error) && !entry.is_symlink(error) &&
        counts(entry.path().filename().string())) {
      watch(entry.path().string());
    }
  }
}

bool FileWatch::takeChanges() {
  bool changed = takeAvailable();
  pollfd more{inotify_, POLLIN, 0};
  while (changed && poll(&more, 1, kQuietMillis) > 0)
    takeAvailable();
  return changed;
}

bool FileWatch::takeAvailable() {
  alignas(inotify_event) char buffer[16 * 1024];
  bool changed = false;
  for (;;) {
    ssize_t got = read(inotify_, buffer, sizeof buffer);
    if (got <= 0) return changed;
    for (char* at = buffer; at < buffer + got;) {
      auto* event = reinterpret_cast<inotify_event*>(at);
      at += sizeof(inotify_event) + event->len;
      std::string name = event->len > 0 ? event->name : "";
      if (!counts(name)) continue;
      changed = true;
      if ((event->mask & IN_ISDIR) != 0 && (event->mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
        watch(folders_[event->wd] + "/" + name);
      }
    }
  }
}

}  // namespace nano
