// Code that an app makes at run time: off unless its version says so, and within its limits then.

#include "worker/worker_fixture.h"

namespace nano {
namespace {

using CodegenTest = WorkerTest;

// A function that makes modules, each different, of so many functions of so many bytes.
constexpr char kMakeModules[] = R"js(
  const leb = (value) => {
    const bytes = [];
    do { bytes.push((value & 127) | (value > 127 ? 128 : 0)); value >>>= 7; } while (value > 0);
    return bytes;
  };
  let made = 0;
  function moduleBytes(functions, size) {
    const name = [...String(made++)].map((c) => c.charCodeAt(0));
    const body = new Uint8Array(size + 4).fill(1);
    body[0] = 0;
    body.set([0x41, 42, 0x0b], size + 1);
    const one = [...leb(body.length), ...body];
    const content = [...leb(functions)];
    const code = new Uint8Array(content.length + functions * one.length);
    code.set(content);
    for (let i = 0; i < functions; i++) code.set(one, content.length + i * one.length);
    const section = (id, bytes) => [id, ...leb(bytes.length), ...bytes];
    const head = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...section(1, [1, 0x60, 0, 1, 0x7f]),
      ...section(3, [...content, ...new Uint8Array(functions)]),
      ...section(7, [1, name.length, ...name, 0, 0]), 10, ...leb(code.length)];
    const all = new Uint8Array(head.length + code.length);
    all.set(head);
    all.set(code, head.length);
    return all;
  }
)js";

TestVersion allowed(const std::string& body) {
  TestVersion version = TestVersion::of(
      std::string(kMakeModules) +
      "export default { async fetch(request) { try { return new Response(String(await (async () => "
      "{ " +
      body +
      " })())); } catch (error) { return new Response(error.name + ': ' + error.message); } } };");
  version.codegen = true;
  version.limits.set(rpc::Limit::CPU, 10'000);
  version.limits.set(rpc::Limit::CPU_AVERAGE, 10'000);
  version.limits.set(rpc::Limit::BLOCKED_TURN, 10'000);
  return version;
}

TEST_F(CodegenTest, StringsAndBytesBecomeCodeWhereItIsAllowed) {
  EXPECT_EQ(load(allowed("return [eval('1 + 1'), new Function('a', 'return a * 2')(3), "
                         "Object.values(new WebAssembly.Instance(new "
                         "WebAssembly.Module(moduleBytes(1, 1))).exports)[0](), (await "
                         "WebAssembly.instantiate(moduleBytes(2, 2))).module]"))
                .fetch()
                .body,
            "2,6,42,[object WebAssembly.Module]");
}

// Blank isolates are made before it is known whose they will be.
TEST_F(CodegenTest, IsOffInTheNextAppOfTheProcess) {
  TestVersion version = allowed("return eval('1')");
  EXPECT_EQ(load(version).fetch().body, "1");
  version.codegen = false;
  EXPECT_EQ(
      load(version).fetch().body,
      "EvalError: Code generation from strings (eval, new Function) is off: \"codegen\": true "
      "in nano.jsonc turns it on where the operator allows it");
  version.codegen = true;
  EXPECT_EQ(load(version).fetch().body, "1");
}

TEST_F(CodegenTest, EveryWayToCompileBytesSaysHowItIsTurnedOn) {
  for (const char* way :
       {"new WebAssembly.Module(moduleBytes(1, 1))", "await WebAssembly.compile(moduleBytes(1, 1))",
        "await WebAssembly.instantiate(moduleBytes(1, 1))",
        "await WebAssembly.compileStreaming(new Response(moduleBytes(1, 1), { headers: { "
        "'content-type': 'application/wasm' } }))",
        "await WebAssembly.instantiateStreaming(new Response(moduleBytes(1, 1), { headers: { "
        "'content-type': 'application/wasm' } }))"}) {
    TestVersion version = allowed(std::string("return ") + way);
    version.codegen = false;
    const std::string body = load(version).fetch().body;
    EXPECT_TRUE(body.starts_with("CompileError: WebAssembly.")) << body;
    EXPECT_NE(body.find("\"codegen\": true in nano.jsonc"), std::string::npos) << body;
  }
}

TEST_F(CodegenTest, CodeFromStringsIsStoppedByTheCpuLimit) {
  for (const char* loop :
       {"eval('for (;;) {}')", "new Function('for (;;) {}')()", "eval('eval(\"for (;;) {}\")')"}) {
    TestVersion version = allowed(loop);
    version.limits.set(rpc::Limit::CPU, 100);
    EXPECT_EQ(load(version).fetch().outcome, rpc::Outcome::EXCEEDED_CPU) << loop;
  }
}

// Not at once after the call, on a thread that no limit counts.
TEST_F(CodegenTest, CompilingIsOnTheCpuTimeOfTheRequest) {
  TestVersion version = allowed(
      "const bytes = moduleBytes(30000, 100); const all = [];"
      "for (;;) WebAssembly.compile(bytes).catch(() => {});");
  version.limits.set(rpc::Limit::CPU, 200);
  EXPECT_EQ(load(version).fetch().outcome, rpc::Outcome::EXCEEDED_CPU);
}

TEST_F(CodegenTest, ModulesCountOnTheBudgetOfBuffersAsLongAsTheyLive) {
  TestVersion version = allowed(
      "const all = []; try { for (;;) all.push(new WebAssembly.Module(moduleBytes(1, 1))); }"
      "catch (error) { return error.name + (all.length > 150 && all.length < 260); }");
  version.limits.set(rpc::Limit::BUFFERS, 8);
  TestApp many = load(version);
  EXPECT_EQ(many.fetch().body, "RangeErrortrue") << many.allLines();

  version.modules = allowed(
                        "let sum = 0; for (let i = 0; i < 1000; i++) sum += "
                        "WebAssembly.Module.exports(new WebAssembly.Module(moduleBytes(1, "
                        "1))).length; return sum;")
                        .modules;
  TestApp dropped = load(version);
  EXPECT_EQ(dropped.fetch().body, "1000") << dropped.allLines();
}

TEST_F(CodegenTest, WhatDoesNotCompileHoldsNothing) {
  TestVersion version = allowed(
      "const bad = new Uint8Array(1 << 20); let errors = 0;"
      "for (let i = 0; i < 50; i++) { try { new WebAssembly.Module(bad); } catch { errors++; }"
      "await WebAssembly.compile(bad).catch(() => errors++); } return errors;");
  version.limits.set(rpc::Limit::BUFFERS, 8);
  EXPECT_EQ(load(version).fetch().body, "100");
}

TEST_F(CodegenTest, AModuleOfTooManyFunctionsIsAnErrorNotTheEndOfTheProcess) {
  TestVersion version = allowed("return new WebAssembly.Module(moduleBytes(500001, 1))");
  version.limits.set(rpc::Limit::BUFFERS, 256);
  const std::string body = load(version).fetch().body;
  EXPECT_TRUE(body.starts_with("CompileError: ")) << body;
}

TEST_F(CodegenTest, BytesBecomeNoSharedMemory) {
  // (module (memory 1 1 shared))
  EXPECT_TRUE(
      load(allowed("return new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, "
                   "0, 5, 4, 1, 3, 1, 1]))"))
          .fetch()
          .body.ends_with("shared memory is not available"));
}

constexpr char kRewrite[] =
    "const rewriter = new HTMLRewriter().on('p', { async element(element) { await null;"
    "element.setInnerContent('new'); } });"
    "return rewriter.transform(new Response('<p>old</p>')).text();";

// Its WebAssembly is nano's.
TEST_F(CodegenTest, AnHtmlRewriterNeedsNoCodegen) {
  TestVersion version = allowed(kRewrite);
  version.codegen = false;
  TestApp app = load(version);
  EXPECT_EQ(app.fetch().body, "<p>new</p>") << app.allLines();
  EXPECT_EQ(app.fetch().body, "<p>new</p>");
}

TEST_F(CodegenTest, AnHtmlRewritersMemoryIsTheApps) {
  TestVersion version = allowed(kRewrite);
  version.codegen = false;
  version.limits.set(rpc::Limit::BUFFERS, 1);
  EXPECT_EQ(load(version).fetch().body.find("<p>"), std::string::npos);

  // An instance for each document on its way.
  version.modules =
      allowed(
          "const rewriter = new HTMLRewriter().on('p', { element: () => new Promise(() => {}) });"
          "const keeps = []; let error; while (error === undefined && keeps.length < 1000) {"
          "const reader = rewriter.transform(new Response('<p>')).body.getReader();"
          "keeps.push(reader); reader.read().catch((reason) => { error = reason; });"
          "await new Promise((resolve) => setTimeout(resolve, 1)); }"
          "return error?.name + (keeps.length > 3 && keeps.length < 17);")
          .modules;
  version.limits.set(rpc::Limit::BUFFERS, 16);
  TestApp many = load(version);
  EXPECT_EQ(many.fetch().body, "RangeErrortrue") << many.allLines();
}

TEST_F(CodegenTest, AnHtmlRewriterIsStoppedByTheCpuLimit) {
  TestVersion version = allowed(
      "const rewriter = new HTMLRewriter().on('*', { element: (element) => "
      "element.setAttribute('a', 'b') });"
      "for (;;) await rewriter.transform(new Response('<p>'.repeat(1e5))).text();");
  version.codegen = false;
  version.limits.set(rpc::Limit::CPU, 300);
  EXPECT_EQ(load(version).fetch().outcome, rpc::Outcome::EXCEEDED_CPU);
}

}  // namespace
}  // namespace nano
