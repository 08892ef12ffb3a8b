#pragma once

#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <kj/io.h>

namespace nano {

// How a group is made and removed, as mkdirat(2) and unlinkat(2): in a cgroup file system files
// come and go with their directory, which a test's imitation has to do itself.
struct DirectoryCalls {
  int (*make)(int parent, const char* name);
  int (*remove)(int parent, const char* name);
};

extern const DirectoryCalls kKernelDirectoryCalls;

// One open directory of a cgroup file system, that is one group, and its files.
class CgroupDirectory final {
 public:
  // The error is an errno.
  static std::variant<CgroupDirectory, int> open(const std::string& path,
                                                 const DirectoryCalls& calls);

  int fd() const { return fd_; }
  const std::string& path() const { return path_; }  // for messages

  // What a file holds; nothing when there is no such file.
  std::optional<std::string> read(const char* file) const;
  // The number in it, or after `key` in it ("oom_kill 3"); nothing when there is none.
  std::optional<uint64_t> readNumber(const char* file, std::string_view key = {}) const;
  // 0, or the errno with which the kernel refuses.
  [[nodiscard]] int write(const char* file, std::string_view text) const;
  std::variant<kj::AutoCloseFd, int> openToWrite(const char* file) const;
  bool has(const char* file) const;

  // 0 or an errno.
  [[nodiscard]] int makeGroup(const std::string& name) const;
  [[nodiscard]] int removeGroup(const std::string& name) const;
  std::variant<CgroupDirectory, int> openGroup(const std::string& name) const;
  std::vector<std::string> groups() const;
  // Hands the directory to a user, who may then make groups in it; and a file in it.
  [[nodiscard]] int giveTo(uid_t uid, gid_t gid) const;
  [[nodiscard]] int giveTo(uid_t uid, gid_t gid, const char* file) const;

  // A lock that ends with this object or with this process, whichever is first.
  bool lock() const;
  // Whether this directory is still the one that has the name.
  bool isStillAt(const CgroupDirectory& parent, const std::string& name) const;

 private:
  CgroupDirectory(kj::AutoCloseFd fd, std::string path, const DirectoryCalls& calls);
  static std::variant<CgroupDirectory, int> openAt(int parent, const std::string& name,
                                                   std::string path, const DirectoryCalls& calls);

  kj::AutoCloseFd fd_;
  std::string path_;
  DirectoryCalls calls_;
};

}  // namespace nano
