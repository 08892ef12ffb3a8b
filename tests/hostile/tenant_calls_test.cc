// Every function that an app can reach, called with what nobody would pass, in a real worker:
// tests/ops_fuzz/README.md. Whatever a call does, the worker answers the next request.

#include <filesystem>
#include <fstream>
#include <sstream>

#include "tests/hostile/invariants.h"

namespace nano::test {
namespace {

using TenantCalls = HostileTest;

constexpr int kSeeds = 12;

constexpr char kHandler[] = R"(
  import { run } from './driver.js';
  export default {
    async fetch(request) {
      const path = new URL(request.url).pathname;
      if (path === '/fine') return new Response('fine');
      let said = '';
      const report = (text) => { said = text; };
      await run({ seed: Number(path.slice(1)), calls: 1500, note() {}, report });
      return new Response(said);
    },
  };
)";

std::string textOf(const std::string& file) {
  std::ifstream stream(std::filesystem::path(NANO_OPS_FUZZ) / file);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

TEST_F(TenantCalls, NoCallEndsTheWorker) {
  std::map<std::string, std::string> files{
      {"index.js", kHandler}, {"nano.jsonc", R"({"egress": "none", "limits": {"cpu_ms": 5000}})"}};
  for (const char* name : {"driver.js", "targets.js", "values.js"})
    files[name] = textOf(name);
  deploy("calls", files);
  ASSERT_TRUE(answersAgain("calls"));
  const pid_t worker = workerOf("calls");
  int finished = 0;
  for (int seed = 1; seed <= kSeeds; ++seed) {
    // What a call did to the isolate's globals stays; a limit may end it. Neither is a fault.
    if (ask("calls", "/" + std::to_string(seed)).status == 200) ++finished;
    ASSERT_EQ(workerOf("calls"), worker) << "the calls of seed " << seed << " ended the worker";
  }
  EXPECT_GT(finished, 0);
  EXPECT_TRUE(answersAgain("calls"));
}

}  // namespace
}  // namespace nano::test
