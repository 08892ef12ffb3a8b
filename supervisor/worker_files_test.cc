#include "supervisor/worker_files.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

#include <gtest/gtest.h>
#include <kj/debug.h>

namespace nano {
namespace {

kj::AutoCloseFd fileWith(std::string_view text) {
  char path[] = "/tmp/nano-worker-files-XXXXXX";
  int fd = mkostemp(path, O_CLOEXEC);
  KJ_SYSCALL(fd);
  unlink(path);
  EXPECT_EQ(write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
  return kj::AutoCloseFd(fd);
}

TEST(WorkerFilesTest, TheSealedCopyHasTheSameBytesAndCannotBeChanged) {
  auto original = fileWith("frozen");
  auto copy = sealedCopy("test", original);
  char bytes[16] = {};
  EXPECT_EQ(pread(copy, bytes, sizeof bytes, 0), 6);
  EXPECT_STREQ(bytes, "frozen");
  EXPECT_EQ(pwrite(copy, "x", 1, 0), -1);
  EXPECT_EQ(ftruncate(copy, 0), -1);
  EXPECT_EQ(mmap(nullptr, 6, PROT_READ | PROT_WRITE, MAP_SHARED, copy, 0), MAP_FAILED);
  void* readable = mmap(nullptr, 6, PROT_READ, MAP_PRIVATE, copy, 0);
  EXPECT_NE(readable, MAP_FAILED);
  munmap(readable, 6);
}

TEST(WorkerFilesTest, NamesThePathThatIsMissing) {
  auto error = kj::runCatchingExceptions([] { openWorkerFiles("/nonexistent/lib"); });
  KJ_IF_MAYBE(e, error) {
    std::string text = e->getDescription().cStr();
    EXPECT_NE(text.find("/nonexistent/lib/engine"), std::string::npos) << text;
    EXPECT_NE(text.find("make build"), std::string::npos) << text;
  } else {
    FAIL() << "opened what is not there";
  }
}

}  // namespace
}  // namespace nano
