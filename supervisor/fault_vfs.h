#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <kj/debug.h>

#include "supervisor/vfs.h"

namespace nano {

// For tests: a real disk on which the n-th operation goes wrong, in one of these ways.
//
//   kError      it fails; the process goes on
//   kCrash      it and all later ones do nothing: the process is dead, the disk has all it did
//   kPowerLoss  like kCrash, then losePower() takes back what was not synced
//
// A disk may keep any part of what was not synced: kCrash is all of it, kPowerLoss is none. The
// real disk is never synced, which would take a test's time and prove nothing.
class FaultVfs final : public Vfs {
 public:
  enum class Fault { kNone, kError, kCrash, kPowerLoss };

  // Counts from 1. `saved` is an empty directory for files that lost their names.
  FaultVfs(Fault fault, int at, int error, std::string saved)
      : fault_(fault),
        at_(at),
        error_(error),
        saved_(std::move(saved)) {}

  bool happened() const { return count_ >= at_; }
  int operations() const { return count_; }

  Opened create(int dir, const std::string& name) override {
    if (auto error = next()) return {kj::AutoCloseFd(), -*error};
    Opened opened = real_.create(dir, name);
    if (opened.error != 0) return opened;
    remember(inodeOf(dir), [at = duplicate(dir), name] { unlinkat(*at, name.c_str(), 0); });
    remember(inodeOf(opened.fd), [fd = duplicate(opened.fd)] { KJ_SYSCALL(ftruncate(*fd, 0)); });
    return opened;
  }

  int makeDirectory(int dir, const std::string& name) override {
    if (auto error = next()) return *error;
    int result = real_.makeDirectory(dir, name);
    if (result < 0) return result;
    remember(inodeOf(dir),
             [at = duplicate(dir), name] { std::filesystem::remove_all(pathOf(*at, name)); });
    return result;
  }

  // A failing write has written half.
  ssize_t write(int fd, std::span<const std::byte> bytes) override {
    bool wasAlive = !happened();
    auto error = next();
    if (!error) return real_.write(fd, bytes);
    if (wasAlive) real_.write(fd, bytes.first(bytes.size() / 2));
    return *error;
  }

  int sync(int fd) override {
    if (auto error = next()) return *error;
    ino_t synced = inodeOf(fd);
    std::erase_if(unsynced_, [synced](const Undo& undo) {
      return undo.inode == synced || undo.otherInode == synced;
    });
    return 0;
  }

  int rename(Place from, Place to) override {
    if (auto error = next()) return *error;
    std::string target = pathOf(to.dir, to.name);
    std::string kept = keep(target);
    int result = real_.rename(from, to);
    if (result < 0) return result;
    auto back = [source = pathOf(from.dir, from.name), target, kept] {
      std::filesystem::rename(target, source);
      if (!kept.empty()) std::filesystem::rename(kept, target);
    };
    remember(inodeOf(to.dir), back);
    if (!unsynced_.empty()) unsynced_.back().otherInode = inodeOf(from.dir);
    return result;
  }

  int removeFile(int dir, const std::string& name) override {
    if (auto error = next()) return *error;
    std::string path = pathOf(dir, name);
    std::string kept = keep(path);
    int result = real_.removeFile(dir, name);
    if (result >= 0 && !kept.empty()) {
      remember(inodeOf(dir), [path, kept] { std::filesystem::rename(kept, path); });
    }
    return result;
  }

  int removeDirectory(int dir, const std::string& name) override {
    if (auto error = next()) return *error;
    std::string path = pathOf(dir, name);
    int result = real_.removeDirectory(dir, name);
    if (result >= 0) {
      remember(inodeOf(dir), [path] { std::filesystem::create_directory(path); });
    }
    return result;
  }

  // What a machine finds when it is on again. Only after everything that used this is gone.
  void losePower() {
    for (auto undo = unsynced_.rbegin(); undo != unsynced_.rend(); ++undo)
      undo->run();
    unsynced_.clear();
  }

 private:
  struct Undo {
    // A sync of either makes the change durable: a file system writes both ends of a rename at
    // once.
    ino_t inode;
    ino_t otherInode;
    std::function<void()> run;
  };

  // The error of this operation, if it goes wrong.
  std::optional<int> next() {
    ++count_;
    bool goesWrong = fault_ == Fault::kError ? count_ == at_ : count_ >= at_;
    if (fault_ == Fault::kNone || !goesWrong) return std::nullopt;
    return -error_;
  }

  // A second name, out of the way, for a file that is about to lose its own; "" for what is no
  // file.
  std::string keep(const std::string& path) {
    if (fault_ != Fault::kPowerLoss || !std::filesystem::is_regular_file(path)) return "";
    std::string kept = saved_ + "/" + std::to_string(++savedCount_);
    std::filesystem::create_hard_link(path, kept);
    return kept;
  }

  static ino_t inodeOf(int fd) {
    struct stat info {};
    KJ_SYSCALL(fstat(fd, &info));
    return info.st_ino;
  }
  static std::string pathOf(int dir, const std::string& name) {
    return std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(dir)).string() + "/" +
           name;
  }
  static std::shared_ptr<kj::AutoCloseFd> duplicate(int fd) {
    return std::make_shared<kj::AutoCloseFd>(fcntl(fd, F_DUPFD_CLOEXEC, 0));
  }
  void remember(ino_t inode, std::function<void()> undo) {
    if (fault_ == Fault::kPowerLoss) unsynced_.push_back({inode, inode, std::move(undo)});
  }

  RealVfs real_;
  Fault fault_;
  int at_;
  int error_;
  std::string saved_;
  int count_ = 0;
  int savedCount_ = 0;
  std::vector<Undo> unsynced_;
};

}  // namespace nano
