#include <gtest/gtest.h>

#include "snapshot/script_world.h"

namespace nano {
namespace {

class UrlOpsTest : public testing::Test {
 protected:
  UrlOpsTest() {
    world_.run(
        "const parts = new Uint32Array(9);"
        "const parse = (url, base) => ops.urlParse(url, base, parts);"
        "const set = (url, which, value) => ops.urlSet(url, which, value, parts);");
  }
  ScriptWorld world_;
};

TEST_F(UrlOpsTest, GivesTheHrefAndTheOffsetsOfItsParts) {
  EXPECT_EQ(world_.run("parse('https://user:pw@Example.COM:8080/a/../b?q#h', undefined)"),
            "https://user:pw@example.com:8080/b?q#h");
  EXPECT_EQ(world_.run("parts.join()"), "6,12,15,27,8080,32,34,36,2");
}

TEST_F(UrlOpsTest, MarksAbsentParts) {
  EXPECT_EQ(world_.run("parse('http://a/', undefined)"), "http://a/");
  EXPECT_EQ(world_.run("[parts[4], parts[6], parts[7]].join()"),
            "4294967295,4294967295,4294967295");
}

TEST_F(UrlOpsTest, ResolvesAgainstABase) {
  EXPECT_EQ(world_.run("parse('../x?y', 'https://a.b/c/d/e')"), "https://a.b/c/x?y");
  EXPECT_EQ(world_.run("parse('/x', 'data:no')"), "undefined");
  EXPECT_EQ(world_.run("parse('x', 5)"),
            "throws TypeError: argument 2 must be a string or undefined");
}

TEST_F(UrlOpsTest, ConvertsNamesOfHosts) {
  EXPECT_EQ(world_.run("parse('http://b\\u00fccher.example/\\u20ac', undefined)"),
            "http://xn--bcher-kva.example/%E2%82%AC");
}

TEST_F(UrlOpsTest, RefusesWhatIsNoUrl) {
  for (const char* wrong :
       {"", "no", "http://", "http://a b/", "http://[1::2::3]/", "http://1.2.3.256/"}) {
    EXPECT_EQ(world_.run(std::string("parse('") + wrong + "', undefined)"), "undefined") << wrong;
    EXPECT_EQ(world_.run(std::string("ops.urlCanParse('") + wrong + "', undefined)"), "false")
        << wrong;
  }
  EXPECT_EQ(world_.run("ops.urlCanParse('x', 'http://a/')"), "true");
}

TEST_F(UrlOpsTest, SetsEachPart) {
  world_.run("const base = 'https://u:p@a.b:1/c?d#e'");
  const char* expected[] = {"http://x/",
                            "wss://u:p@a.b:1/c?d#e",
                            "https://n:p@a.b:1/c?d#e",
                            "https://u:n@a.b:1/c?d#e",
                            "https://u:p@n:2/c?d#e",
                            "https://u:p@n:1/c?d#e",
                            "https://u:p@a.b:9/c?d#e",
                            "https://u:p@a.b:1/n?d#e",
                            "https://u:p@a.b:1/c?n#e",
                            "https://u:p@a.b:1/c?d#n"};
  const char* values[] = {"http://x", "wss", "n", "n", "n:2", "n", "9", "n", "n", "n"};
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(world_.run("set(base, " + std::to_string(i) + ", '" + values[i] + "')"), expected[i]);
  }
}

TEST_F(UrlOpsTest, LeavesTheUrlAloneWhenAValueIsRefused) {
  EXPECT_EQ(world_.run("set('https://a/', 4, 'b c')"), "false");
  EXPECT_EQ(world_.run("set('https://a/', 0, 'nothing')"), "false");
  EXPECT_EQ(world_.run("set('https://a/', 10, 'x')"), "throws Error: internal error");
}

}  // namespace
}  // namespace nano
