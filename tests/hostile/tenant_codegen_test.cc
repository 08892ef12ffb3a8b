// Hostile cases T22, T23, T43, T54 and T61 where code may be made at run time ("codegen").

#include <algorithm>
#include <atomic>
#include <thread>

#include "tests/hostile/invariants.h"
#include "tests/hostile/wasm_modules.h"

namespace nano::test {
namespace {

class TenantCodegen : public HostileTest {
 protected:
  static void SetUpTestSuite() {
    WorldOptions options;
    for (const char* tenant : {"g22", "g23", "g23b", "g43", "g43b", "g54", "g61"})
      options.tenants[tenant] = {{"codegen", true}};
    startWorld(options);
  }

  // An app whose handler has `bytes`, an ArrayBuffer.
  void deployWith(const std::string& name, const std::string& body, const std::string& bytes) {
    deploy(name, {{"index.js", moduleOf(body, "import bytes from './wasm.bin';")},
                  {"wasm.bin", bytes},
                  {"nano.jsonc", R"({"codegen": true})"}});
  }
};

TEST_F(TenantCodegen, T22AModuleThatLoopsAtItsStartIsStopped) {
  deployWith("g22",
             "if (path === '/sync') new WebAssembly.Instance(new WebAssembly.Module(bytes));"
             "await WebAssembly.instantiate(bytes);",
             wasmThatLoopsAtItsStart());
  for (const char* path : {"/sync", "/async"}) {
    EXPECT_TRUE(endsAs(ask("g22", path), kStoppedByCpu, secrets())) << path;
    EXPECT_TRUE(answersAgain("g22"));
  }
}

// 10 MB, over and over: what compiles is the request's own CPU time, so that it is stopped, and the
// process answers others within its turn.
TEST_F(TenantCodegen, T23EnormousModulesForEverAreStoppedAndLeaveNoThreadBusy) {
  deployWith("g23",
             "const own = new Uint8Array(bytes.slice(0));"
             "for (let i = 0; ; i++) { own[own.length - 3] = i & 63;"
             "WebAssembly.compile(own).catch(() => {}); }",
             wasmOfManyFunctions(100'000, 92));
  EXPECT_TRUE(endsAs(ask("g23"), kStoppedByCpu, secrets()));
  EXPECT_TRUE(answersAgain("g23"));
  pid_t worker = workerOf("g23");
  uint64_t before = cpuTicks(worker);
  EXPECT_TRUE(eventually([worker, &before] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    uint64_t now = cpuTicks(worker);
    return std::exchange(before, now) == now;
  })) << "its threads are still busy";
}

TEST_F(TenantCodegen, T23AModuleOfTooManyFunctionsIsAnErrorThatCanBeCaught) {
  deployWith("g23b",
             "try { await WebAssembly.compile(bytes); return new Response('compiled'); }"
             "catch (error) { return new Response(error.name); }",
             wasmOfManyFunctions(1'000'000, 0));
  auto response = ask("g23b");
  EXPECT_TRUE(response.body == "CompileError" || response.body == "RangeError") << response.body;
}

TEST_F(TenantCodegen, T43ModulesForEverAreARangeErrorAndDoNotFillTheProcess) {
  deployWith("g43",
             "const all = []; const own = new Uint8Array(bytes);"
             "try { for (let i = 0; ; i++) { own[own.length - 2] = i & 63; own[own.length - 20] = "
             "(i >> 6) & 1; all.push(new WebAssembly.Module(own)); } }"
             "catch (error) { return new Response(error.name + (all.length > 10)); }",
             wasmOfManyFunctions(1000, 92));
  EXPECT_EQ(ask("g43", "/fine").body, "fine");
  pid_t worker = workerOf("g43");
  uint64_t largest = 0;
  std::atomic<bool> answered{false};
  HttpResponse response;
  std::thread call([&response, &answered] {
    response = ask("g43");
    answered = true;
  });
  EXPECT_TRUE(eventually([&answered, &largest, worker] {
    largest = std::max(largest, rssBytes(worker));
    return answered.load();
  }));
  call.join();
  EXPECT_EQ(response.body, "RangeErrortrue");
  EXPECT_LT(largest, (128u * 3 / 2 + 64 + 96) << 20);
  EXPECT_TRUE(answersAgain("g43"));
}

TEST_F(TenantCodegen, T43MemoriesOfModulesFromBytesAreOnTheBudget) {
  // (module (memory 512))
  deployWith("g43b",
             "const all = []; const module = new WebAssembly.Module(bytes);"
             "try { for (;;) all.push(new WebAssembly.Instance(module)); }"
             "catch (error) { return new Response(error.name + all.length); }",
             std::string("\0asm\1\0\0\0\5\4\1\0\x80\4", 14));
  EXPECT_EQ(ask("g43b").body, "RangeError1");
  EXPECT_TRUE(answersAgain("g43b"));
}

TEST_F(TenantCodegen, T54DeepNestingCompilesOrIsAnErrorThatCanBeCaught) {
  deployWith("g54",
             "try { return new Response(String(new WebAssembly.Instance(new "
             "WebAssembly.Module(bytes)).exports.run())); }"
             "catch (error) { return new Response(error.name); }",
             wasmOfNestedBlocks(1'000'000));
  auto response = ask("g54");
  EXPECT_TRUE(response.body == "42" || response.body == "CompileError" ||
              response.body == "RangeError" || endsAs(response, kCpuOrKilled, secrets()))
      << response.status << response.body;
  EXPECT_TRUE(answersAgain("g54"));
}

TEST_F(TenantCodegen, T61CodeFromStringsIsHeldToTheLimits) {
  deployWith("g61", R"(
    const names = [];
    const attempt = (make) => {
      try { names.push(typeof make()); } catch (error) { names.push(error.name); }
    };
    if (path === '/loop') eval('for (;;) {}');
    if (path === '/heap') new Function('const all = []; for (;;) all.push([1, 2, 3]);')();
    attempt(() => eval('('.repeat(1e6)));
    attempt(() => eval('['.repeat(1e6) + ']'.repeat(1e6)));
    attempt(() => new Function('return 1' + '+1'.repeat(1e5))());
    attempt(() => eval('(function f() { f(); })()'));
    return new Response(names.join());)",
             "");
  auto response = ask("g61");
  EXPECT_TRUE(response.body == "RangeError,RangeError,number,RangeError" ||
              response.body == "SyntaxError,RangeError,number,RangeError")
      << response.body;
  EXPECT_TRUE(endsAs(ask("g61", "/loop"), kStoppedByCpu, secrets()));
  EXPECT_TRUE(answersAgain("g61"));
  EXPECT_TRUE(endsAs(ask("g61", "/heap"), kMemoryOrKilled, secrets()));
  EXPECT_TRUE(answersAgain("g61"));
}

}  // namespace
}  // namespace nano::test
