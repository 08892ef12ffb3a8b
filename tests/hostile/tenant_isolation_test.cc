// Hostile cases T90, T94, T95, T98, T99: what one app, request or process can see of another.

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <fstream>
#include <iterator>

#include "tests/hostile/invariants.h"
#include "tests/hostile/wasm_modules.h"

namespace nano::test {
namespace {

class TenantIsolation : public HostileTest {
 protected:
  // A second app of the same tenant, so of the same process.
  static void deployBeside(const std::string& tenant, const std::string& name,
                           const std::map<std::string, std::string>& files) {
    nanod().deploy(name, files, {"--tenant=" + tenant, "--host=" + hostOf(name)});
  }
  static void removeBeside(const std::string& tenant, const std::string& name) {
    EXPECT_EQ(nanod().nanoctl({"delete", name, "--tenant=" + tenant}).exitCode, 0);
  }
};

constexpr char kMarking[] = R"(
    const places = [globalThis, Object.prototype, Array.prototype, Response, Response.prototype,
                    console, crypto, URL, Intl, WebAssembly, Math, JSON, env];
    if (path === '/mark') for (const place of places) place.marker = 'left here';
    return new Response(String(places.filter((place) => 'marker' in place).length));)";

TEST_F(TenantIsolation, T90WhatAnAppLeavesBehindIsSeenByNoOtherAppNorItsNextVersion) {
  deployHandler("t90", kMarking);
  deployBeside("t90", "t90same", {{"index.js", moduleOf(kMarking)}});
  deployHandler("t90other", kMarking);
  EXPECT_EQ(ask("t90", "/mark").body, "13");
  EXPECT_EQ(ask("t90", "/look").body, "13");
  EXPECT_EQ(ask("t90same", "/look").body, "0");
  EXPECT_EQ(ask("t90other", "/look").body, "0");
  EXPECT_NE(workerOf("t90"), workerOf("t90other"));
  nanod().deploy("t90", {{"index.js", moduleOf(kMarking, "// The next version.")}},
                 {"--tenant=t90", "--host=t90.example.test"});
  EXPECT_EQ(ask("t90", "/look").body, "0");
  removeBeside("t90", "t90same");
}

// The handles of a request, in the hands of another. (Forged ones on the RPC link are case W15.)
TEST_F(TenantIsolation, T94TheThingsOfOneRequestGiveNothingOfAnother) {
  deployHandler("t94", R"(
    if (path === '/keep') {
      kept = { request, ctx, url: request.url };
      return new Response('kept');
    }
    const seen = [];
    seen.push(kept.request.url === kept.url, kept.request.headers.get('x-nonce'));
    seen.push(await kept.request.text().catch((error) => error.name));
    try { kept.ctx.waitUntil(Promise.resolve()); seen.push('taken'); }
    catch (error) { seen.push(error.name); }
    seen.push(await request.text());
    return Response.json(seen);)",
                "let kept;");
  HttpRequest first{.host = hostOf("t94"),
                    .path = "/keep",
                    .method = "POST",
                    .headers = {"x-nonce: first"},
                    .body = std::string(200'000, 'a')};
  EXPECT_EQ(sendRequest(nanod().port(), first).body, "kept");
  HttpRequest second{.host = hostOf("t94"),
                     .path = "/use",
                     .method = "POST",
                     .headers = {"x-nonce: second"},
                     .body = "the second's"};
  auto response = sendRequest(nanod().port(), second);
  auto seen = nlohmann::json::parse(response.body, nullptr, false);
  ASSERT_TRUE(seen.is_array()) << response.body;
  EXPECT_NE(seen[1], "second");
  EXPECT_EQ(seen[2], "TypeError");
  EXPECT_EQ(seen[4], "the second's");
}

// A text that is nowhere but in the request that carries it: neither in this program's own
// constants nor in the app.
std::string freshCanary(const char* which) {
  return std::string("canary-") + which + "-" + std::to_string(getpid()) + "-" +
         std::to_string(std::chrono::steady_clock::now().time_since_epoch().count());
}

TEST_F(TenantIsolation, T95AWorkerAfterACrashKnowsNothingOfTheOneBefore) {
  deployHandler("t95", R"(
    if (path === '/keep') {
      const text = await request.text();
      kept.push(text, new TextEncoder().encode(text), { [text]: text });
      console.log('kept', text.length);
      return new Response('kept');
    }
    if (path === '/crash') return new Response('a'.repeat(2 ** 28).split('').length);)",
                "const kept = [];");
  const std::string canary = freshCanary("t95");
  HttpRequest keep{
      .host = hostOf("t95"), .path = "/keep", .method = "POST", .headers = {}, .body = canary};
  EXPECT_EQ(sendRequest(nanod().port(), keep).body, "kept");
  pid_t before = workerOf("t95");
  ASSERT_NE(before, 0);
  EXPECT_GT(occurrencesInMemory(before, canary), 0u) << "the search finds nothing where it is";
  EXPECT_TRUE(endsAs(ask("t95", "/crash"), kMemoryOrKilled, secrets()));
  if (workerOf("t95") == before) kill(before, SIGKILL);
  EXPECT_TRUE(answersAgain("t95"));
  EXPECT_TRUE(eventually([before] { return workerOf("t95") != before; }));
  pid_t after = workerOf("t95");
  ASSERT_NE(after, 0);
  EXPECT_EQ(occurrencesInMemory(after, canary), 0u);
  EXPECT_EQ(occurrencesInMemory(workerOf(kNeighbour), canary), 0u);
  EXPECT_EQ(supervisorLog().find(canary), std::string::npos);
}

TEST_F(TenantIsolation, T98ACompiledModuleOfOneAppIsNotTheOtherApps) {
  const std::string top = "import loop from './loop.wasm'; import data from './data.json';";
  const std::string body = R"(
    if (path === '/mark') { loop.marker = 1; data.marker = 1;
      Object.getPrototypeOf(loop).marker2 = 1; }
    return new Response(String(['marker' in loop, 'marker' in data, 'marker2' in loop]));)";
  const std::map<std::string, std::string> files = {
      {"index.js", moduleOf(body, top)}, {"loop.wasm", wasmThatLoops()}, {"data.json", "{}"}};
  deploy("t98", files);
  deployBeside("t98", "t98same", files);
  EXPECT_EQ(ask("t98", "/mark").body, "true,true,true");
  EXPECT_EQ(ask("t98", "/look").body, "true,true,true");
  EXPECT_EQ(ask("t98same", "/look").body, "false,false,false");
  removeBeside("t98", "t98same");
}

TEST_F(TenantIsolation, T99TheSecretsOfAnAppAreInNoOtherProcessErrorOrLog) {
  const std::string secret = freshCanary("t99");
  deploy("t99", {{"index.js", moduleOf(R"(
    if (path === '/throw') throw new Error('with ' + env.SECRET);
    if (path === '/crash') return new Response('a'.repeat(2 ** 28).split('').length);
    return new Response(String(env.SECRET.length));)")}},
         {"--var=SECRET=" + secret});
  deployHandler("t99other", "return new Response(JSON.stringify(env) + Object.keys(globalThis));");
  EXPECT_EQ(ask("t99").body, std::to_string(secret.size()));
  pid_t own = workerOf("t99");
  EXPECT_GT(occurrencesInMemory(own, secret), 0u) << "the search finds nothing where it is";
  auto other = ask("t99other");
  EXPECT_TRUE(other.body.starts_with("{}")) << other.body;
  EXPECT_EQ(occurrencesInMemory(workerOf("t99other"), secret), 0u);
  EXPECT_EQ(occurrencesInMemory(workerOf(kNeighbour), secret), 0u);

  std::vector<std::string> hidden = secrets();
  hidden.push_back(secret);
  EXPECT_TRUE(endsAs(ask("t99", "/throw"), kThrew, hidden));
  EXPECT_TRUE(endsAs(ask("t99", "/crash"), kMemoryOrKilled, hidden));
  EXPECT_EQ(logsOf("t99other").find(secret), std::string::npos);
  EXPECT_EQ(supervisorLog().find(secret), std::string::npos);
  // Nor in what anybody may read of the processes: their arguments and environments.
  for (pid_t pid : {nanod().pid(), workerOf("t99other"), workerOf(kNeighbour)}) {
    for (const char* file : {"/cmdline", "/environ"}) {
      std::ifstream stream("/proc/" + std::to_string(pid) + file);
      std::string text((std::istreambuf_iterator<char>(stream)), {});
      EXPECT_EQ(text.find(secret), std::string::npos) << file;
    }
  }
}

}  // namespace
}  // namespace nano::test
