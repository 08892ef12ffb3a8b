// Hostile cases T01 to T29: JavaScript that does not come to an end.

#include <thread>

#include "tests/hostile/invariants.h"
#include "tests/hostile/wasm_modules.h"

namespace nano::test {
namespace {

using TenantCpu = HostileTest;

// Two at a time: the machine that is asked for has two cores, and a case costs a second of one.
struct CpuPair {
  HostileCase first;
  HostileCase second;
};

void PrintTo(const CpuPair& pair, std::ostream* out) {
  *out << pair.first.name << " beside " << pair.second.name;
}

std::string nameOfPair(const testing::TestParamInfo<CpuPair>& info) {
  return std::string(info.param.first.name) + "_" + info.param.second.name;
}

class TenantCpuCases : public HostileTest, public testing::WithParamInterface<CpuPair> {
 protected:
  void deployCase(const HostileCase& hostile) {
    auto files = hostile.files;
    files["index.js"] = moduleOf(hostile.handler, hostile.top);
    deploy(tenantOfCase(hostile), files);
  }
  static void check(const HostileCase& hostile, const HttpResponse& response) {
    EXPECT_TRUE(endsAs(response, hostile.ending, secrets())) << hostile.name;
    EXPECT_TRUE(answersAgain(tenantOfCase(hostile)));
  }
};

TEST_P(TenantCpuCases, IsStoppedAndTheAppAnswersAgain) {
  const auto& [first, second] = GetParam();
  deployCase(first);
  deployCase(second);
  HttpResponse ofSecond;
  std::thread beside([&second, &ofSecond] { ofSecond = ask(tenantOfCase(second)); });
  HttpResponse ofFirst = ask(tenantOfCase(first));
  beside.join();
  check(first, ofFirst);
  check(second, ofSecond);
}

const CpuPair kPairs[] = {
    {{"T02LoopInTheHandler", "for (;;) {}", kStoppedByCpu},
     {"T08CatastrophicRegex", "/^(a+)+$/.test('a'.repeat(60) + 'b');", kStoppedByCpu}},
    // TerminateExecution is not seen (security 3.2): the supervisor ends the process.
    {{"T03LoopThatV8DoesNotStop", "let z; for (;;) { z = new Array(1000); }", kCpuOrKilled},
     {"T04FillOfAHugeArray", "new Array(2 ** 31).fill(0);", kCpuOrKilled}},
    {{"T05ConcatOfAHugeArray", "[].concat(new Array(1e9).fill(1));", kCpuOrKilled},
     {"T06ArrayFromAHugeLength", "Array.from({ length: 2 ** 32 - 1 });", kCpuOrKilled}},
    {{"T07NormalizeOfAHugeText", "return new Response('a\\u00e9'.repeat(1e8).normalize('NFD'));",
      kCpuOrKilled},
     {"T21SortWithALoopingComparator", "[3, 1, 2].sort(() => { for (;;) {} });", kStoppedByCpu}},
    {{"T10GetterOfStatus", "return new Response('x', { get status() { for (;;) {} } });",
      kStoppedByCpu},
     {"T12ToStringOfAHeaderValue",
      "return new Response('x', { headers: { a: { toString() { for (;;) {} } } } });",
      kStoppedByCpu}},
    {{"T13ValueOfATimersDelay", "setTimeout(() => {}, { valueOf() { for (;;) {} } });",
      kStoppedByCpu},
     {"T13ToPrimitiveOfATimersDelay",
      "setTimeout(() => {}, { [Symbol.toPrimitive]() { for (;;) {} } });", kStoppedByCpu}},
    {{"T16ThenGetterOfWhatIsReturned", "return { get then() { for (;;) {} } };", kStoppedByCpu},
     {"T18MicrotaskThatQueuesItself",
      "const again = () => queueMicrotask(again); again();"
      "await new Promise((resolve) => setTimeout(resolve, 1));",
      kStoppedByCpu}},
    {{"T19TimersThatBurnTheCpuTogether",
      "await new Promise(() => { const burn = () => {"
      "for (let i = 0, s = 0; i < 2e7; i++) s += i % 7; setTimeout(burn, 0); }; burn(); });",
      kStoppedByCpu},
     {"T22WasmLoop",
      "new WebAssembly.Instance(loop).exports.run();",
      kStoppedByCpu,
      "import loop from './loop.wasm';",
      {{"loop.wasm", wasmThatLoops()}}}},
    {{"T20ParseOf80Megabytes",
      "return new Response(String(JSON.parse('[' + '1,'.repeat(4e7) + '1]').length));",
      {{200, 502, 503}, {"exceededCpu", "exceededMemory", "workerDied"}}},
     {"T29LoopInACallbackOfStructuredClone", "structuredClone({ get a() { for (;;) {} } });",
      kStoppedByCpu}},
    {{"T29LoopInACallbackOfConsoleLog",
      "console.log(new Proxy({}, { ownKeys() { for (;;) {} } }), "
      "{ get [Symbol.toStringTag]() { for (;;) {} } }); for (;;) {}",
      kStoppedByCpu},
     {"T29LoopInACallbackOfUrl", "new URL({ toString() { for (;;) {} } });", kStoppedByCpu}},
};
INSTANTIATE_TEST_SUITE_P(Hostile, TenantCpuCases, testing::ValuesIn(kPairs), nameOfPair);

TEST_F(TenantCpu, T01LoopAtTheTopLevelIsNotDeployed) {
  auto result = nanod().tryDeploy("t01", {{"index.js", "for (;;) {}\nexport default {};"}},
                                  {"--tenant=t01", "--host=t01.example.test"});
  EXPECT_EQ(result.exitCode, 1);
  EXPECT_NE(result.err.find("CPU"), std::string::npos) << result.err;
  auto response = ask("t01");
  EXPECT_EQ(response.status, 404);
  EXPECT_TRUE(isCleanError(response, secrets()));
}

TEST_F(TenantCpu, T19ATimerChainEndsWithItsRequest) {
  deployHandler("t19", R"(
    if (path === '/chain') {
      const again = () => { ticks++; setTimeout(again, 0); };
      again();
      return new Response('left behind');
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
    return new Response(String(ticks));)",
                "let ticks = 0;");
  EXPECT_EQ(ask("t19", "/chain").body, "left behind");
  // Each of these waits ten times as long as the chain's timers do.
  std::string first = ask("t19", "/ticks").body;
  EXPECT_EQ(ask("t19", "/ticks").body, first);
  EXPECT_EQ(ask("t19", "/ticks").body, first);
}

TEST_F(TenantCpu, T23AnEnormousWasmModuleCompilesOrIsRefusedAndLeavesNoThreadBusy) {
  const std::string wasm = wasmOfManyFunctions(100'000, 92);
  ASSERT_GT(wasm.size(), 9u << 20);
  auto result = nanod().tryDeploy(
      "t23",
      {{"index.js",
        moduleOf("return new Response(String(new WebAssembly.Instance(many).exports.run()));",
                 "import many from './many.wasm';")},
       {"many.wasm", wasm}},
      {"--tenant=t23", "--host=t23.example.test"});
  if (result.exitCode != 0) {
    EXPECT_TRUE(result.err.find("CPU") != std::string::npos ||
                result.err.find("memory") != std::string::npos)
        << result.err;
    return;
  }
  deploy("t23b", {{"index.js", moduleOf("return new Response('small');")}});
  auto response = ask("t23");
  EXPECT_TRUE(endsAs(
      response, {{200, 502, 503}, {"exceededCpu", "exceededMemory", "startupFailed", "workerDied"}},
      secrets()));
  pid_t worker = workerOf("t23");
  uint64_t before = cpuTicks(worker);
  EXPECT_TRUE(eventually([worker, &before] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    uint64_t now = cpuTicks(worker);
    return std::exchange(before, now) == now;
  })) << "its threads are still busy";
  removeApp("t23");
}

TEST_F(TenantCpu, T27ALoopInAFinalizationCallbackIsStopped) {
  deployHandler("t27", R"(
    const registry = new FinalizationRegistry(() => { for (;;) {} });
    for (let i = 0; i < 1000; i++) registry.register({}, i);
    // Garbage, until the collector has taken the objects and the callback is due.
    for (;;) {
      for (let i = 0; i < 1000; i++) new Array(1000).fill(i);
      await new Promise((resolve) => setTimeout(resolve, 1));
    })");
  EXPECT_TRUE(endsAs(ask("t27"), kCpuOrKilled, secrets()));
  EXPECT_TRUE(answersAgain("t27"));
}

// JavaScript called from C++, called from JavaScript: the stop passes through all three.
TEST_F(TenantCpu, T29ALoopInAStreamThatTheHostPullsIsStopped) {
  deployHandler("t29", R"(
    let pulls = 0;
    return new Response(new ReadableStream({
      pull(controller) {
        if (pulls++ > 3) for (;;) {}
        controller.enqueue(new Uint8Array(1000));
      },
    }));)");
  RawConnection connection(nanod().port());
  connection.send("GET / HTTP/1.1\r\nHost: t29.example.test\r\n\r\n");
  std::string all = connection.receive();
  EXPECT_TRUE(all.starts_with("HTTP/1.1 200") || all.starts_with("HTTP/1.1 503")) << all;
  EXPECT_FALSE(all.starts_with("HTTP/1.1 200") && all.ends_with("\r\n0\r\n\r\n"))
      << "a body that broke off looks whole";
  EXPECT_TRUE(answersAgain("t29"));
}

}  // namespace
}  // namespace nano::test
