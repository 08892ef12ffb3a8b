#include "supervisor/state_dir.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "supervisor/temporary_directory.h"

namespace nano {
namespace {

std::string problem(const std::string& path) {
  RealVfs vfs;
  auto opened = StateDir::open(path, vfs);
  auto* text = std::get_if<std::string>(&opened);
  return text == nullptr ? "" : *text;
}

TEST(StateDirTest, MakesADirectoryForItsOwnerOnly) {
  TemporaryDirectory directory;
  std::string path = directory.below("state");
  EXPECT_EQ(problem(path), "");
  struct stat info {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0700u);
}

TEST(StateDirTest, SaysHowADirectoryThatItCannotMakeIsMade) {
  const std::string text = problem("/nonexistent/state");
  EXPECT_NE(text.find("No such file or directory: make it (install -d -m 700 -o "),
            std::string::npos)
      << text;
}

TEST(StateDirTest, ClosesADirectoryThatOthersCouldRead) {
  TemporaryDirectory directory;
  std::string path = directory.below("state");
  ASSERT_EQ(mkdir(path.c_str(), 0700), 0);
  ASSERT_EQ(chmod(path.c_str(), 0755), 0);
  EXPECT_EQ(problem(path), "");
  struct stat info {};
  ASSERT_EQ(stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0700u);
}

// Hostile case S13.
TEST(StateDirTest, IsHeldByOneAtATime) {
  TemporaryDirectory directory;
  RealVfs vfs;
  auto first = StateDir::open(directory.below("state"), vfs);
  ASSERT_TRUE(std::holds_alternative<std::unique_ptr<StateDir>>(first));
  EXPECT_NE(problem(directory.below("state")).find("in use by another nanod"), std::string::npos);
  first = std::string();
  EXPECT_EQ(problem(directory.below("state")), "");
}

TEST(StateDirTest, EmptiesTmpAtStart) {
  TemporaryDirectory directory;
  ASSERT_EQ(problem(directory.below("state")), "");
  std::filesystem::create_directories(directory.below("state/tmp/7/modules/lib"));
  std::ofstream(directory.below("state/tmp/7/modules/lib/a.js")) << "x";
  std::filesystem::create_symlink(directory.path(), directory.below("state/tmp/link"));
  EXPECT_EQ(problem(directory.below("state")), "");
  EXPECT_TRUE(std::filesystem::is_empty(directory.below("state/tmp")));
  EXPECT_TRUE(std::filesystem::exists(directory.path()));
}

TEST(StateDirTest, RefusesWhatIsNotADirectoryOfItsOwn) {
  TemporaryDirectory directory;
  std::ofstream(directory.below("file")) << "x";
  std::filesystem::create_directory(directory.below("real"));
  std::filesystem::create_directory_symlink(directory.below("real"), directory.below("link"));
  EXPECT_NE(problem(directory.below("file")), "");
  EXPECT_NE(problem(directory.below("link")), "");
  EXPECT_NE(problem(directory.below("none/state")), "");
  ASSERT_EQ(problem(directory.below("real")), "");
  std::filesystem::remove(directory.below("real/apps"));
  std::filesystem::create_directory_symlink("/", directory.below("real/apps"));
  EXPECT_NE(problem(directory.below("real")), "");
}

}  // namespace
}  // namespace nano
