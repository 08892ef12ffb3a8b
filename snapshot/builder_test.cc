#include "snapshot/builder.h"

#include <sys/mman.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include <gtest/gtest.h>
#include <kj/debug.h>
#include <kj/io.h>

#include "snapshot/entry_points.h"
#include "snapshot/script_world.h"
#include "snapshot/snapshot_cache.h"

namespace nano {
namespace {

constexpr char kRegister[] =
    "import { registerEntryPoints } from 'nano:ops';\n"
    "const f = () => 'called';\n"
    "registerEntryPoints({ dispatchFetch: (slot) => slot + 1, fireTimer: f, pullOutgoing: f,\n"
    "  cancelOutgoing: f, abortRequest: f, reportRejection: f, makeEnv: f,"
    "  prepareWebAssembly: f, builtinModule: f, makeHandler: f, dispatchCall: f,"
    "  dispatchScheduled: f, bindGlobals: f, applyFlags: f, listenersHandler: f });\n";

// A folder of built-ins that is gone with the test.
class BuilderTest : public testing::Test {
 protected:
  BuilderTest() {
    testProcess();
    char name[] = "/tmp/nano_builder_test_XXXXXX";
    KJ_ASSERT(mkdtemp(name) != nullptr);
    folder_ = name;
  }
  ~BuilderTest() override { std::filesystem::remove_all(folder_); }

  void write(const std::string& file, const std::string& text) {
    std::filesystem::create_directories((folder_ / file).parent_path());
    std::ofstream(folder_ / file) << text;
  }

  std::string error() {
    const auto result = buildSnapshot(folder_);
    const auto* error = std::get_if<SnapshotError>(&result);
    return error == nullptr ? "built" : error->message;
  }

  std::unique_ptr<SnapshotCache> build() {
    const auto result = buildSnapshot(folder_);
    const auto* error = std::get_if<SnapshotError>(&result);
    KJ_REQUIRE(error == nullptr, error->message);
    const auto& bytes = std::get<std::string>(result);
    const kj::AutoCloseFd fd(memfd_create("snapshot", MFD_CLOEXEC));
    KJ_ASSERT(::write(fd.get(), bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
    auto opened = SnapshotCache::open(fd.get());
    return std::get<std::unique_ptr<SnapshotCache>>(std::move(opened));
  }

  std::filesystem::path folder_;
};

TEST_F(BuilderTest, FreezesWhatTheModulesMade) {
  write("main.js", std::string(kRegister) +
                       "import { Counter } from './parts/counter.js';\n"
                       "globalThis.counter = new Counter();\n");
  write("parts/counter.js",
        "import { step } from '../step.js';\n"
        "const join = Array.prototype.join;\n"
        "export class Counter {\n  #count = 1;\n  next() { return this.#count += step; }\n"
        "  text(list) { return join.call(list, '+'); }\n}\n");
  write("step.js", "export const step = 2;\n");
  const auto snapshot = build();
  ScriptWorld world(snapshot.get(), nullptr);
  EXPECT_EQ(world.run("counter.next()"), "3");
  EXPECT_EQ(world.run("Array.prototype.join = () => 'patched'; counter.text([1, 2])"), "1+2");
}

TEST_F(BuilderTest, RunsADeferredModuleWhenItIsFirstUsed) {
  write("main.js", std::string(kRegister) +
                       "import { note } from './notes.js';\n"
                       "import defer * as late from './late.js';\n"
                       "globalThis.use = () => late.twice(4);\n"
                       "globalThis.again = () => late.Late === late.Late;\n"
                       "globalThis.notes = () => note();\n");
  // What both halves import is one.
  write("notes.js",
        "const notes = [];\nexport const note = (x) => notes.push(x) && notes.join();\n");
  write("late.js",
        "import { double } from './later.js';\nimport { note } from './notes.js';\n"
        "note('late');\nexport class Late {}\nexport function twice(x) { return double(x); }\n");
  write("later.js",
        "import { utf8ByteLength } from 'nano:ops';\n"
        "// \u00e9\nexport const double = (x) => x * utf8ByteLength('\u00e9');\n");
  const auto snapshot = build();
  for (int i = 0; i < 2; ++i) {
    ScriptWorld world(snapshot.get(), nullptr);
    EXPECT_EQ(world.run("notes()"), "");
    EXPECT_EQ(world.run("Array.prototype.join = Array.prototype.join; use() + ' ' + notes()"),
              "8 ,late,");
    EXPECT_EQ(world.run("again()"), "true");
  }
}

TEST_F(BuilderTest, RunsADeferredModuleAnewAfterItThrew) {
  write("main.js", std::string(kRegister) +
                       "import defer * as late from './late.js';\n"
                       "globalThis.use = () => late.value;\n");
  write("late.js", "if (globalThis.bad) throw new Error('not yet');\nexport const value = 7;\n");
  const auto snapshot = build();
  ScriptWorld world(snapshot.get(), nullptr);
  EXPECT_EQ(world.run("bad = true; use()"), "throws Error: not yet");
  EXPECT_EQ(world.run("bad = false; use()"), "7");
}

TEST_F(BuilderTest, ImportsAtOnceWhatOneFileDefersAndAnotherDoesNot) {
  write("main.js", std::string(kRegister) +
                       "import defer * as late from './late.js';\nimport './now.js';\n"
                       "globalThis.use = () => late.value;\n");
  write("now.js", "import { value } from './late.js';\nglobalThis.now = value;\n");
  write("late.js", "export const value = 7;\n");
  const auto snapshot = build();
  ScriptWorld world(snapshot.get(), nullptr);
  EXPECT_EQ(world.run("now + use()"), "14");
}

TEST_F(BuilderTest, FreezesPropertiesWhoseValuesAreMadeLater) {
  write("main.js",
        std::string(kRegister) +
            "import { defineLazyProperty } from 'nano:ops';\n"
            "let made = 0;\n"
            "defineLazyProperty(globalThis, 'lazy', () => ({ made: ++made }), false);\n");
  const auto snapshot = build();
  ScriptWorld world(snapshot.get(), nullptr);
  EXPECT_EQ(world.run("Object.keys(globalThis).includes('lazy')"), "false");
  EXPECT_EQ(world.run("lazy === lazy && lazy.made === 1"), "true");
  EXPECT_EQ(world.run("JSON.stringify(Object.getOwnPropertyDescriptor(globalThis, 'lazy'))"),
            R"({"value":{"made":1},"writable":true,"enumerable":false,"configurable":true})");
}

TEST_F(BuilderTest, KeepsOpsWorkingAndOutOfReach) {
  write("main.js", std::string(kRegister) +
                       "import { utf8ByteLength, now } from 'nano:ops';\n"
                       "globalThis.size = (text) => utf8ByteLength(text);\n"
                       "globalThis.time = () => now();\n");
  const auto snapshot = build();
  ScriptWorld world(snapshot.get(), nullptr);
  EXPECT_EQ(world.run("size('\\u20ac')"), "3");
  EXPECT_EQ(world.run("time()"),
            "throws Error: not possible while the snapshot is built: there is no running program");
  EXPECT_EQ(world.run("typeof nanoModules + typeof ops + typeof registerEntryPoints"),
            "undefinedundefinedundefined");
}

TEST_F(BuilderTest, HandsTheEntryPointsToEveryContext) {
  write("main.js", kRegister);
  const auto snapshot = build();
  for (int i = 0; i < 2; ++i) {
    ScriptWorld world(snapshot.get(), nullptr);
    auto* isolate = world.isolate();
    const v8::HandleScope handles(isolate);
    const auto context = world.context();
    const v8::Context::Scope entered(context);
    const EntryPoints entryPoints(context);
    v8::Local<v8::Value> arguments[] = {v8::Integer::New(isolate, 41)};
    const auto result = entryPoints.get(isolate, EntryPoint::kDispatchFetch)
                            ->Call(context, v8::Undefined(isolate), 1, arguments)
                            .ToLocalChecked();
    EXPECT_EQ(result.As<v8::Integer>()->Value(), 42);
  }
}

TEST_F(BuilderTest, KeepsMapsWhoseKeysAreHashedAnew) {
  write("main.js", std::string(kRegister) +
                       "globalThis.key = {}; globalThis.m = new Map([['nano', 1], [key, 2]]);\n"
                       "globalThis.w = new WeakMap([[key, 3]]);\n");
  const auto snapshot = build();
  ScriptWorld world(snapshot.get(), nullptr);
  EXPECT_EQ(world.run("[m.get('na' + 'no'), m.get(key), w.get(key)].join()"), "1,2,3");
}

TEST_F(BuilderTest, ForbidsCodeFromStrings) {
  write("main.js", kRegister);
  const auto snapshot = build();
  ScriptWorld world(snapshot.get(), nullptr);
  EXPECT_EQ(world.run("eval('1')"),
            "throws EvalError: Code generation from strings disallowed for this context");
  EXPECT_EQ(world.run("(() => {}).constructor('return 1')"),
            "throws EvalError: Code generation from strings disallowed for this context");
}

TEST_F(BuilderTest, ReportsAThrowWithFileAndLine) {
  write("main.js", std::string(kRegister) + "import './bad.js';\n");
  write("bad.js", "\nfunction f() { throw new TypeError('no good'); }\nf();\n");
  EXPECT_EQ(error(), "nano:bad.js:2: TypeError: no good");
}

TEST_F(BuilderTest, ReportsASyntaxErrorWithFileAndLine) {
  write("main.js", std::string(kRegister) + "let = ;\n");
  EXPECT_TRUE(error().starts_with("nano:main.js:5: SyntaxError: ")) << error();
}

TEST_F(BuilderTest, RefusesSideEffectsAtTheTopLevel) {
  write("main.js", "import { now } from 'nano:ops';\nglobalThis.t = now();\n");
  EXPECT_TRUE(
      error().starts_with("nano:main.js:2: Error: not possible while the snapshot is built"))
      << error();
  write("main.js", "import { randomUUID } from 'nano:ops';\nglobalThis.t = randomUUID();\n");
  EXPECT_TRUE(
      error().starts_with("nano:main.js:2: Error: not possible while the snapshot is built"))
      << error();
}

TEST_F(BuilderTest, RefusesImportsThatCannotBe) {
  write("main.js", "import { x } from './b.js';\n");
  EXPECT_EQ(error(), "b.js: there is no such built-in module");
  write("b.js", "export const y = 1;\n");
  EXPECT_EQ(error(), "main.js:1: './b.js' does not export 'x'");
  write("b.js", "import './main.js';\nexport const x = 1;\n");
  EXPECT_EQ(error(), "b.js:1: this import closes a cycle");
  write("main.js", "import { nonsense } from 'nano:ops';\n");
  EXPECT_EQ(error(), "main.js:1: 'nano:ops' does not export 'nonsense'");
  write("main.js", "import '../outside.js';\n");
  EXPECT_EQ(error(), "main.js:1: a built-in imports only './file.js' and 'nano:ops'");
}

TEST_F(BuilderTest, RefusesASnapshotWithoutAllEntryPoints) {
  write("main.js", "globalThis.x = 1;\n");
  EXPECT_EQ(error(), "main.js: nothing called registerEntryPoints()");
  write("main.js",
        "import { registerEntryPoints } from 'nano:ops';\n"
        "registerEntryPoints({ dispatchFetch() {} });\n");
  EXPECT_EQ(error(), "main.js: registerEntryPoints() got no function fireTimer");
}

}  // namespace
}  // namespace nano
