#include "nanoctl/refusal_words.h"

#include <gtest/gtest.h>

#include "nanoctl/app_folder_fixture.h"

namespace nano {
namespace {

class RefusalWordsTest : public testing::Test {
 protected:
  void configure(const std::string& file, const std::string& text) {
    AppFolder folder;
    folder.write(file, text);
    folder.write("nano.jsonc", R"({"limits": {"heap_mb": 1}})");
    config_ = readAppConfig(folder.path()).value();
  }
  std::string words(const std::string& said) { return inTheUsersWords(said, config_, options_); }

  AppConfig config_;
  DeployOptions options_;
};

TEST_F(RefusalWordsTest, NamesTheKeyAndTheFile) {
  configure("wrangler.toml", "name = 'x'\n[limits]\ncpu_ms = 0\nheap_mb = 2\n");
  EXPECT_EQ(words("metadata: 'nano.crons': the cron expression 'x' is wrong"),
            "wrangler.toml: `triggers.crons`: the cron expression 'x' is wrong");
  EXPECT_EQ(words("metadata: 'limits.cpu_ms' is not a whole number"),
            "wrangler.toml: `limits.cpu_ms` is not a whole number");
  EXPECT_EQ(words("metadata: 'limits.heap_mb' is not a whole number"),
            "nano.jsonc: `limits.heap_mb` is not a whole number");
  EXPECT_EQ(words("limits.heap_mb: the app asks for 1 MB"),
            "nano.jsonc: `limits.heap_mb`: the app asks for 1 MB");
  EXPECT_EQ(words("metadata: 'compatibility_date' 2999-01-01 is in the future"),
            "wrangler.toml: `compatibility_date` 2999-01-01 is in the future");
  EXPECT_EQ(words("metadata: nano.egress.rules[0]: nanod does not know the key 'x'"),
            "nano.jsonc: egress.rules[0]: nanod does not know the key 'x'");
  EXPECT_EQ(words("codegen: the app asks for eval()"),
            "nano.jsonc: codegen: the app asks for eval()");
}

TEST_F(RefusalWordsTest, TellsAFlagFromTheConfiguration) {
  configure("wrangler.json", R"({"name": "My", "route": "http://a.test/", "vars": {"a-b": 1},
      "services": [{"binding": "BACK", "service": "back"}]})");
  options_.hosts = {"b.test:80"};
  options_.vars = {"c-d=1"};
  EXPECT_EQ(words("metadata: 'nano.hosts': the route 'http://a.test/' has a scheme"),
            "wrangler.json: `route`: the route 'http://a.test/' has a scheme");
  EXPECT_EQ(words("metadata: 'nano.hosts': the route 'b.test:80' has a port"),
            "--host: the route 'b.test:80' has a port");
  EXPECT_EQ(words("a binding's 'name' is missing or no JavaScript identifier: 'a-b'"),
            "wrangler.json: `vars`: 'a-b' cannot be a name in `env`: use letters, digits and _, "
            "and begin with no digit");
  EXPECT_EQ(words("a binding's 'name' is missing or no JavaScript identifier: 'c-d'"),
            "--var: 'c-d' cannot be a name in `env`: use letters, digits and _, and begin with no "
            "digit");
  EXPECT_EQ(words("Could not resolve service binding 'BACK': tenant 'default' has no app 'back'"),
            "wrangler.json: `services`: Could not resolve service binding 'BACK': tenant "
            "'default' has no app 'back'");
  EXPECT_EQ(words("the name 'My' is not allowed"),
            "wrangler.json: `name`: the name 'My' is not allowed");
  options_.name = "Your";
  EXPECT_EQ(words("the name 'Your' is not allowed"), "--name: the name 'Your' is not allowed");
  options_.tenant = "A B";
  EXPECT_EQ(words("the name 'A B' is not allowed"), "--tenant: the name 'A B' is not allowed");
}

TEST_F(RefusalWordsTest, LeavesEverythingElseAlone) {
  configure("wrangler.json", "{}");
  for (const char* said :
       {"", "metadata: '", "metadata: 'keep_bindings' is no list", "the name '",
        "TypeError: limits is not defined", "a binding's 'name'", "port 80 could not be opened"}) {
    EXPECT_TRUE(words(said).ends_with(said)) << said;
  }
}

}  // namespace
}  // namespace nano
