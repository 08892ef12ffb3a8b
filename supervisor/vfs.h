#pragma once

#include <sys/types.h>

#include <cstddef>
#include <span>
#include <string>

#include <kj/io.h>

namespace nano {

// The operations that change a disk, one system call each, and nothing else: the seam at which a
// test makes the n-th one fail or the power go out. Names are single components below `dir`; no
// operation follows a symbolic link. Each returns 0 or more, or -errno.
class Vfs {
 public:
  struct Opened {
    kj::AutoCloseFd fd;
    int error = 0;  // errno; then there is no descriptor.
  };
  // Makes a file that must not exist, mode 0600, for writing.
  virtual Opened create(int dir, const std::string& name) = 0;
  // Mode 0700.
  virtual int makeDirectory(int dir, const std::string& name) = 0;
  virtual ssize_t write(int fd, std::span<const std::byte> bytes) = 0;
  virtual int sync(int fd) = 0;
  struct Place {
    int dir;
    const std::string& name;
  };
  virtual int rename(Place from, Place to) = 0;
  virtual int removeFile(int dir, const std::string& name) = 0;
  virtual int removeDirectory(int dir, const std::string& name) = 0;

 protected:
  ~Vfs() noexcept(false) = default;
};

// The machine's own.
class RealVfs final : public Vfs {
 public:
  Opened create(int dir, const std::string& name) override;
  int makeDirectory(int dir, const std::string& name) override;
  ssize_t write(int fd, std::span<const std::byte> bytes) override;
  int sync(int fd) override;
  int rename(Place from, Place to) override;
  int removeFile(int dir, const std::string& name) override;
  int removeDirectory(int dir, const std::string& name) override;
};

}  // namespace nano
