// Hostile cases T30 to T47: JavaScript that takes all the memory there is.

#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/hostile/invariants.h"
#include "tests/hostile/wasm_modules.h"

namespace nano::test {
namespace {

using TenantMemory = HostileTest;

class TenantMemoryCases : public HostileTest, public testing::WithParamInterface<HostileCase> {};

TEST_P(TenantMemoryCases, IsStoppedAndTheAppAnswersAgain) {
  const HostileCase& hostile = GetParam();
  const std::string tenant = tenantOfCase(hostile);
  auto files = hostile.files;
  files["index.js"] = moduleOf(hostile.handler, hostile.top);
  deploy(tenant, files);
  EXPECT_TRUE(endsAs(ask(tenant), hostile.ending, secrets()));
  EXPECT_TRUE(answersAgain(tenant));
}

const HostileCase kBombs[] = {
    {"T30ObjectsForEver", "const all = []; for (;;) all.push({ a: all.length, b: [1, 2, 3] });",
     kMemoryOrKilled},
    {"T30StringsForEver",
     "const all = []; for (;;) all.push(JSON.parse('\"' + all.length + 'x\"'));", kMemoryOrKilled},
    // V8 ends the process (security 0.3).
    {"T36SplitOfAHugeText", "return new Response('a'.repeat(2 ** 28).split('').length);",
     kMemoryOrKilled},
    {"T37SquareOfAHugeBigInt",
     "const b = (1n << (2n ** 29n)) - 1n; return new Response(String((b * b) & 1n));",
     {{500, 502, 503}, {"exception", "exceededMemory", "exceededCpu", "workerDied"}}},
    {"T38HugeMap", "const map = new Map(); for (let i = 0; i < 1e8; i++) map.set(i, i);",
     kMemoryOrKilled},
    {"T39ClosuresForEver",
     "const all = []; for (let i = 0; i < 1e8; i++) all.push(() => i + all.length);",
     kMemoryOrKilled},
    {"T39PromisesThatNeverSettle",
     "const all = []; for (let i = 0; i < 1e8; i++) all.push(new Promise(() => {}).then(() => i));",
     kMemoryOrKilled},
    // The extension that the limit's callback grants is granted once.
    {"T47BombThatDoesNotSeeItsEnd",
     "const all = []; for (;;) { try { for (;;) all.push(new Array(1000).fill(1)); } catch {} }",
     kMemoryOrKilled},
};
INSTANTIATE_TEST_SUITE_P(Hostile, TenantMemoryCases, testing::ValuesIn(kBombs), nameOfCase);

TEST_F(TenantMemory, T33ABufferOrMemoryPastTheBudgetIsARangeError) {
  deployHandler("t33", R"(
    const names = [];
    const attempt = (grow) => {
      try { names.push(typeof grow()); } catch (error) { names.push(error.name); }
    };
    attempt(() => new ArrayBuffer(8, { maxByteLength: 3 * 2 ** 30 }).resize(3 * 2 ** 30));
    attempt(() => new ArrayBuffer(3 * 2 ** 30));
    attempt(() => new WebAssembly.Memory({ initial: 60000 }));
    attempt(() => new WebAssembly.Memory({ initial: 1 }).grow(60000));
    return new Response(names.join());)");
  EXPECT_EQ(ask("t33").body, "RangeError,RangeError,RangeError,RangeError");
  EXPECT_TRUE(answersAgain("t33"));
}

// The same a little at a time: one budget for all of them (security 3.1).
TEST_F(TenantMemory, T33ManyBuffersOrMemoriesTogetherAreARangeErrorToo) {
  deployHandler("t33b", R"(
    const all = [];
    const grow = {
      '/buffers': () => new Uint8Array(2 ** 20).fill(1),
      '/resizable': () => {
        const buffer = new ArrayBuffer(1, { maxByteLength: 2 ** 20 });
        buffer.resize(2 ** 20);
        return new Uint8Array(buffer).fill(1);
      },
      '/memories': () => new Uint8Array(new WebAssembly.Memory({ initial: 16 }).buffer).fill(1),
    }[path];
    try { for (;;) all.push(grow()); }
    catch (error) { return new Response(`${error.name} ${all.length >= 16 && all.length <= 64}`); })");
  for (const char* path : {"/buffers", "/resizable", "/memories"}) {
    auto response = ask("t33b", path);
    EXPECT_EQ(response.body, "RangeError true") << path;
    EXPECT_TRUE(answersAgain("t33b"));
  }
}

TEST_F(TenantMemory, T34ATextThatDoublesIsARangeErrorAtItsLongest) {
  deployHandler("t34", R"(
    let s = 'x';
    try { for (;;) s += s; } catch (error) { return new Response(error.name + ': ' + error.message); })");
  EXPECT_EQ(ask("t34").body, "RangeError: Invalid string length");
  EXPECT_TRUE(answersAgain("t34"));
}

TEST_F(TenantMemory, T41ACloneOfADeepOrHugeGraphIsAnErrorThatCanBeCaught) {
  deployHandler("t41", R"(
    let deep = {};
    for (let i = 0; i < 1e6; i++) deep = { deep };
    try { structuredClone(deep); return new Response('cloned'); }
    catch (error) { return new Response(error.name); })");
  auto deep = ask("t41");
  EXPECT_TRUE(deep.body == "RangeError" || deep.body == "DataCloneError") << deep.body;
  EXPECT_TRUE(answersAgain("t41"));

  deployHandler("t41b", R"(
    const wide = [];
    for (let i = 0; i < 1e6; i++) wide.push({ i });
    const copies = [];
    for (;;) copies.push(structuredClone(wide));)");
  EXPECT_TRUE(endsAs(ask("t41b"), kMemoryOrKilled, secrets()));
  EXPECT_TRUE(answersAgain("t41b"));
}

TEST_F(TenantMemory, T42ABranchOfATeeThatNobodyReadsDoesNotGrowForEver) {
  deployHandler("t42", R"(
    const [read, unread] = new ReadableStream({
      pull(controller) { controller.enqueue(new Uint8Array(65536).fill(1)); },
    }).tee();
    kept = unread;
    return new Response(read);)",
                "let kept;");
  // Far more than all budgets of an app together.
  constexpr size_t kMost = 512 << 20;
  RawConnection connection(nanod().port());
  connection.send("GET / HTTP/1.1\r\nHost: t42.example.test\r\n\r\n");
  size_t received = 0;
  uint64_t largest = 0;
  pid_t worker = workerOf("t42");
  for (std::string piece; received < kMost && !(piece = connection.receive(1 << 20)).empty();) {
    received += piece.size();
    largest = std::max(largest, rssBytes(worker));
  }
  EXPECT_LT(received, kMost) << "the body never ended";
  // security 3.1: heap x 1.5, the budget outside of it, and 96 MB of the process itself.
  EXPECT_LT(largest, (128u * 3 / 2 + 64 + 96) << 20);
  connection.close();
  EXPECT_TRUE(answersAgain("t42"));
}

// Nothing but the process's limit holds the machine code of WebAssembly: V8's 32 MB (security 3.1)
// are of one code space, and a module gets another when one is full. What a module may bring is
// bounded, so its code is.
TEST_F(TenantMemory, T43AModuleOfMuchMachineCodeStaysWithinItsProcess) {
  const std::string handler = moduleOf(
      "const { run } = new WebAssembly.Instance(many).exports;"
      "return new Response(String(run()));",
      "import many from './many.wasm';");
  const std::string limits = R"({"limits": {"cpu_ms": 10000}})";
  deploy("t43few", {{"index.js", handler},
                    {"nano.jsonc", limits},
                    {"many.wasm", wasmThatCallsManyFunctions(10, 3000)}});
  EXPECT_EQ(ask("t43few").body, "42");
  // 9 MB of WebAssembly, about 90 of machine code.
  deploy("t43", {{"index.js", handler},
                 {"nano.jsonc", limits},
                 {"many.wasm", wasmThatCallsManyFunctions(1000, 3000)}});
  EXPECT_EQ(ask("t43", "/fine").body, "fine");
  pid_t worker = workerOf("t43");
  HttpResponse response;
  std::atomic<bool> answered{false};
  std::thread call([&response, &answered] {
    response = ask("t43");
    answered = true;
  });
  uint64_t largest = 0;
  EXPECT_TRUE(eventually([&answered, &largest, worker] {
    largest = std::max(largest, rssBytes(worker));
    return answered.load();
  }));
  call.join();
  if (response.status != 200) {
    EXPECT_TRUE(endsAs(response, kMemoryOrKilled, secrets()));
  }
  EXPECT_LT(largest, (128u * 3 / 2 + 64 + 96) << 20);
  EXPECT_TRUE(answersAgain("t43"));
}

TEST_F(TenantMemory, T45RandomValuesPastTheQuotaAreRefused) {
  deployHandler("t45", R"(
    const names = [];
    for (const bytes of [65536, 65537, 32 << 20]) {
      try { names.push(String(crypto.getRandomValues(new Uint8Array(bytes)).length)); }
      catch (error) { names.push(error.name); }
    }
    return new Response(names.join());)");
  EXPECT_EQ(ask("t45").body, "65536,QuotaExceededError,QuotaExceededError");
}

TEST_F(TenantMemory, T45DigestsOfHugeBuffersAreBoundedInMemoryAndTime) {
  deployHandler("t45b", R"(
    const data = new Uint8Array(48 << 20);
    const all = [];
    for (let i = 0; i < 1000; i++) all.push(crypto.subtle.digest('SHA-512', data));
    return new Response(String((await Promise.all(all)).length));)");
  auto response = ask("t45b");
  EXPECT_EQ(response.status, 503) << response.body;
  EXPECT_NE(response.body.find("exceededCpu"), std::string::npos) << response.body;
  EXPECT_LT(rssBytes(workerOf("t45b")), 300u << 20);
}

TEST_F(TenantMemory, T46AMillionSmallBuffersAreCollectedOnTheWay) {
  deployHandler("t46", R"(
    let sum = 0;
    for (let i = 0; i < 250000; i++) sum += new ArrayBuffer(64).byteLength;
    return new Response(String(sum));)");
  deployHandler("t46b", R"(
    let sum = 0;
    for (let i = 0; i < 2000; i++) sum += new Uint8Array(1 << 20).length;
    return new Response(String(sum));)");
  // A million in four requests, each well within its CPU time.
  for (int i = 0; i < 4; i++)
    EXPECT_EQ(ask("t46").body, "16000000");
  EXPECT_LT(rssBytes(workerOf("t46")), 300u << 20);
  auto large = ask("t46b");
  EXPECT_EQ(large.body, "2097152000");
  EXPECT_LT(rssBytes(workerOf("t46b")), 300u << 20);
}

TEST_F(TenantMemory, T47ABombNeverMakesItsWorkerMuchLargerThanItsLimits) {
  deployHandler("t47", R"(
    if (path === '/pid') return new Response('here');
    const all = [];
    for (;;) { const z = new Array(1000); z.fill(1); all.push(z); })");
  EXPECT_EQ(ask("t47", "/pid").body, "here");
  pid_t worker = workerOf("t47");
  uint64_t largest = 0;
  HttpResponse response;
  std::atomic<bool> answered{false};
  std::thread bomb([&response, &answered] {
    response = ask("t47", "/bomb");
    answered = true;
  });
  EXPECT_TRUE(eventually([&answered, &largest, worker] {
    largest = std::max(largest, rssBytes(worker));
    return answered.load();
  }));
  bomb.join();
  EXPECT_TRUE(endsAs(response, kMemoryOrKilled, secrets()));
  EXPECT_GT(largest, 0u);
  EXPECT_LT(largest, (128u * 3 / 2 + 64 + 96) << 20);
  EXPECT_TRUE(answersAgain("t47"));
}

}  // namespace
}  // namespace nano::test
