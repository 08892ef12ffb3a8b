#include "supervisor/request_path.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

std::string resolved(std::string_view path) {
  return resolveDotSegments(path).value_or("as it is");
}

TEST(RequestPathTest, ResolvesSegmentsOfDots) {
  EXPECT_EQ(resolved("/a/../b"), "/b");
  EXPECT_EQ(resolved("/a/./b/."), "/a/b/");
  EXPECT_EQ(resolved("/a/b/.."), "/a/");
  EXPECT_EQ(resolved("/a/%2e%2E/b/.%2e/c"), "/c");
  EXPECT_EQ(resolved("/a/%2e/b"), "/a/b");
  EXPECT_EQ(resolved("/../../a"), "/a");
  EXPECT_EQ(resolved("/.."), "/");
  EXPECT_EQ(resolved("/."), "/");
  EXPECT_EQ(resolved("/a//../b"), "/a/b");
}

TEST(RequestPathTest, TakesABackslashForASlash) {
  EXPECT_EQ(resolved("/x\\..\\admin"), "/admin");
  EXPECT_EQ(resolved("/a\\b/"), "/a/b/");
}

TEST(RequestPathTest, LeavesAllElse) {
  for (const char* path : {"/", "/a/b/", "//", "/a//b", "/.well-known/x", "/...", "/a/..b", "/a.",
                           "/a/%2f", "/%2", "/%2e%2e%2e"})
    EXPECT_EQ(resolved(path), "as it is") << path;
}

}  // namespace
}  // namespace nano
