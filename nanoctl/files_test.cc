#include "nanoctl/files.h"

#include <gmock/gmock.h>

#include "nanoctl/app_folder_fixture.h"

namespace nano {
namespace {

TEST(FilesTest, MakesAPathNormal) {
  EXPECT_EQ(normalPath("src/./a/../b.js"), "src/b.js");
  EXPECT_EQ(normalPath("./index.js"), "index.js");
  EXPECT_EQ(normalPath("src//b.js"), "src/b.js");
  EXPECT_EQ(normalPath("../b.js"), "../b.js");
  EXPECT_EQ(normalPath("a/../../b.js"), "../b.js");
}

TEST(FilesTest, FindsTheFolderOfAPath) {
  EXPECT_EQ(parentOf("src/lib/a.js"), "src/lib");
  EXPECT_EQ(parentOf("a.js"), "");
}

TEST(FilesTest, ReadsAFileAsItIs) {
  AppFolder folder;
  folder.write("x", std::string("a\0\r\n", 4));
  EXPECT_EQ(readFile(folder.path() + "/x").value(), std::string("a\0\r\n", 4));
}

TEST(FilesTest, NamesAFileThatCannotBeRead) {
  AppFolder folder;
  EXPECT_THAT(readFile(folder.path() + "/gone").failure().message,
              testing::HasSubstr(folder.path() + "/gone"));
}

TEST(FilesTest, AFolderIsNotAFileNorTheOtherWayRound) {
  AppFolder folder;
  folder.write("x", "");
  EXPECT_TRUE(fileExists(folder.path() + "/x"));
  EXPECT_FALSE(isDirectory(folder.path() + "/x"));
  EXPECT_FALSE(fileExists(folder.path()));
  EXPECT_TRUE(isDirectory(folder.path()));
}

TEST(FilesTest, ATemporaryDirectoryGoesWithAllInIt) {
  std::string path;
  {
    AppFolder folder;
    folder.write("a/b/c", "text");
    path = folder.path();
    EXPECT_TRUE(isDirectory(path));
  }
  EXPECT_FALSE(isDirectory(path));
}

}  // namespace
}  // namespace nano
