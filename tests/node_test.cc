// Node.js' modules and globals, in apps that nanoctl bundles and a whole nanod runs.

#include <set>
#include <string>

#include <gtest/gtest.h>

#include "nanoctl/node_builtins.h"
#include "tests/harness/nanod.h"

namespace nano::test {
namespace {

using nlohmann::json;

json ask(const Nanod& nanod, const std::string& path) {
  const HttpResponse response = nanod.get("node.localhost", path);
  EXPECT_EQ(response.status, 200) << path << ": " << response.body
                                  << nanod.nanoctl({"tail", "node", "--once"}).out;
  return json::parse(response.body, nullptr, false);
}

TEST(NodeTest, AnAppForNodeRunsAsItIs) {
  Nanod nanod;
  const auto deployed =
      nanod.nanoctl({"deploy", NANO_NPM_APPS "/node", "--name=node", "--var=WORD=Hello"});
  ASSERT_EQ(deployed.exitCode, 0) << deployed.err;
  EXPECT_EQ(ask(nanod, "/jwt"), json({"HS256", "RS256", "PS384", "ES256", "invalid signature"}));
  EXPECT_EQ(ask(nanod, "/streams"), json(50000));
  EXPECT_EQ(ask(nanod, "/events"), json::array({"go"}));
  EXPECT_EQ(ask(nanod, "/store"), json("http://node.localhost/store"));
  EXPECT_EQ(ask(nanod, "/globals"), json({"Hello", "Hello", "function", true}));
  EXPECT_EQ(ask(nanod, "/bytes"), json({"hi", "0cc175b9c0f1b6a831c399e269772661"}));
  EXPECT_EQ(ask(nanod, "/refused"),
            json("node:fs/promises: readFile is not available on nano: apps have no file system"));
}

TEST(NodeTest, FilesThatNeedNoBundlingImportThemToo) {
  Nanod nanod;
  nanod.deploy("node", {{"index.js",
                         "import { join } from 'path'; import { a } from './a.js';\n"
                         "export default { fetch: () => Response.json([join('x', a)]) };\n"},
                        {"a.js", "export const a = Buffer.from('62', 'hex').toString();\n"}});
  EXPECT_EQ(ask(nanod, "/"), json::array({"x/b"}));
}

// A name without node: is nano's for both, or for neither.
TEST(NodeTest, WhatNanoctlLeavesToNanoIsWhatNanoHas) {
  Nanod nanod;
  nanod.deploy("node", {{"index.js",
                         "import { builtinModules } from 'module';\n"
                         "export default { fetch: () => Response.json(builtinModules) };\n"}});
  std::set<std::string> firstParts;
  for (const std::string name : ask(nanod, "/")) {
    if (name.starts_with("node:")) continue;
    EXPECT_TRUE(isNodeBuiltin(name)) << name;
    firstParts.insert(name.substr(0, name.find('/')));
  }
  EXPECT_EQ(firstParts, std::set<std::string>(kNodeBuiltins.begin(), kNodeBuiltins.end()));
}

TEST(NodeTest, AModuleThatDoesNotExistIsNamedAtDeploy) {
  Nanod nanod;
  const auto refused = nanod.tryDeploy(
      "node", {{"index.js", "import 'node:nope';\nexport default { fetch() {} };\n"}});
  EXPECT_NE(refused.exitCode, 0);
  EXPECT_NE(refused.err.find("\"node:nope\" is not a module of this version of nano"),
            std::string::npos)
      << refused.err;
}

}  // namespace
}  // namespace nano::test
