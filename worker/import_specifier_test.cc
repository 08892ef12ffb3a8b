#include "worker/import_specifier.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

std::string resolved(std::string_view specifier, std::string_view referrer) {
  auto result = resolveImport(specifier, referrer);
  const auto* path = std::get_if<std::string>(&result);
  return path == nullptr ? "refused" : *path;
}

std::string reason(std::string_view specifier, std::string_view referrer = "index.js") {
  auto result = resolveImport(specifier, referrer);
  const auto* refused = std::get_if<RefusedImport>(&result);
  return refused == nullptr ? "" : refused->reason;
}

TEST(ImportSpecifierTest, ResolvesAgainstTheFolderOfTheReferrer) {
  EXPECT_EQ(resolved("./b.js", "a.js"), "b.js");
  EXPECT_EQ(resolved("./b.js", "src/a.js"), "src/b.js");
  EXPECT_EQ(resolved("../b.js", "src/deep/a.js"), "src/b.js");
  EXPECT_EQ(resolved("./x/../y/./b.js", "src/a.js"), "src/y/b.js");
}

TEST(ImportSpecifierTest, RefusesToLeaveTheAppsFolder) {
  EXPECT_NE(reason("../b.js").find("leads out of the app's folder"), std::string::npos);
  EXPECT_NE(reason("./x/../../b.js").find("leads out"), std::string::npos);
  EXPECT_NE(reason("../../src/a.js", "src/a.js").find("leads out"), std::string::npos);
}

TEST(ImportSpecifierTest, DoesNotDecodeAnything) {
  EXPECT_EQ(resolved("./%2e%2e/b.js", "a.js"), "%2e%2e/b.js");
  EXPECT_EQ(resolved("./b.js?x=1", "a.js"), "b.js?x=1");
}

TEST(ImportSpecifierTest, TakesAModuleOfNanosOwnByItsName) {
  EXPECT_EQ(resolved("cloudflare:sockets", "lib/a.js"), "cloudflare:sockets");
}

TEST(ImportSpecifierTest, NamesTheFixForABareImport) {
  EXPECT_EQ(reason("hono"),
            "\"hono\" is a bare import: bundle the app (nanoctl deploy does this when the package "
            "is installed in node_modules), or write \"./hono\" for a file of the app");
}

TEST(ImportSpecifierTest, RefusesEverySchemeAndAbsolutePath) {
  EXPECT_EQ(
      reason("node:nope"),
      "\"node:nope\" is not a module of this version of nano; docs/node.md lists those that are");
  EXPECT_EQ(reason("cloudflare:email"),
            "\"cloudflare:email\" is not a module of this version of nano, which has "
            "cloudflare:sockets, cloudflare:workers");
  for (const char* specifier :
       {"http://127.0.0.1/x.js", "file:///etc/passwd", "data:,1", "nano:ops", "blob:x",
        "/etc/passwd", "//host/x.js", "", ".", "..", "#x"}) {
    EXPECT_NE(reason(specifier), "") << specifier;
  }
}

}  // namespace
}  // namespace nano
