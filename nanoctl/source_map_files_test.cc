#include "nanoctl/source_map_files.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace nano {
namespace {

TEST(SourceMapFilesTest, SourcesAreNamedFromTheAppsFolder) {
  auto map = nlohmann::json::parse(withPathsBelow(
      "/home/me/app", "/tmp/x/out",
      R"({"version":3,"sources":["../../../home/me/app/src/a.ts","../../../home/me/lib/b.ts",null],)"
      R"("mappings":"AAAA"})"));
  EXPECT_EQ(map["sources"], (nlohmann::json{"src/a.ts", "../lib/b.ts", nullptr}));
  EXPECT_EQ(map["mappings"], "AAAA");
}

TEST(SourceMapFilesTest, WhatIsNoMapStaysAsItIs) {
  for (const char* text : {"", "[]", "{", R"({"sources":1})"})
    EXPECT_EQ(withPathsBelow("/a", "/b", text), text);
}

}  // namespace
}  // namespace nano
