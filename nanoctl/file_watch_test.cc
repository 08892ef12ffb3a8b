#include "nanoctl/file_watch.h"

#include <filesystem>

#include "nanoctl/app_folder_fixture.h"

namespace nano {
namespace {

// The kernel has put a change into the queue before the call that made it returns: nothing here
// waits for one.
class FileWatchTest : public testing::Test {
 protected:
  void start() { watch_ = std::move(FileWatch::start(folder_.path()).value()); }
  bool changed() { return watch_->takeChanges(); }

  AppFolder folder_;
  std::unique_ptr<FileWatch> watch_;
};

TEST_F(FileWatchTest, TellsWhenAFileIsWritten) {
  folder_.write("index.js", "1");
  start();
  EXPECT_FALSE(changed());
  folder_.write("index.js", "2");
  EXPECT_TRUE(changed());
  EXPECT_FALSE(changed());
}

TEST_F(FileWatchTest, TellsWhenAFileIsMovedOrRemoved) {
  folder_.write("a.js", "1");
  start();
  std::filesystem::rename(folder_.path() + "/a.js", folder_.path() + "/b.js");
  EXPECT_TRUE(changed());
  std::filesystem::remove(folder_.path() + "/b.js");
  EXPECT_TRUE(changed());
}

TEST_F(FileWatchTest, SeesFoldersThatWereThereAndThoseThatCome) {
  folder_.write("src/lib/a.js", "1");
  start();
  folder_.write("src/lib/a.js", "2");
  EXPECT_TRUE(changed());
  folder_.write("new/deep/b.js", "1");
  EXPECT_TRUE(changed());
  folder_.write("new/deep/b.js", "2");
  EXPECT_TRUE(changed());
}

TEST_F(FileWatchTest, WatchesFurtherFolders) {
  AppFolder other;
  other.write("index.js", "1");
  start();
  watch_->watch(other.path());
  other.write("index.js", "2");
  EXPECT_TRUE(changed());
}

TEST_F(FileWatchTest, TheDevelopersVariablesCount) {
  folder_.write(".dev.vars", "A=1");
  start();
  for (const char* file : {".dev.vars", ".env"}) {
    folder_.write(file, "A=2");
    EXPECT_TRUE(changed()) << file;
  }
}

TEST_F(FileWatchTest, WhatToolsWriteDoesNotCount) {
  folder_.write("node_modules/pack/index.js", "1");
  folder_.write("dist/out.js", "1");
  folder_.write(".git/index", "1");
  start();
  folder_.write("node_modules/pack/index.js", "2");
  folder_.write("dist/out.js", "2");
  folder_.write(".git/index", "2");
  folder_.write(".index.js.swp", "1");
  folder_.write("index.js~", "1");
  EXPECT_FALSE(changed());
}

}  // namespace
}  // namespace nano
