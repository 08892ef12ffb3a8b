#include "worker/module_loader.h"

#include "worker/builtin_modules.h"
#include "worker/worker_fixture.h"

namespace nano {
namespace {

using ModuleLoaderTest = WorkerTest;
using Kind = rpc::Module::Kind;

// (module (func (export "add") (param i32 i32) (result i32) local.get 0 local.get 1 i32.add))
const std::string kAddModule(
    "\0asm\1\0\0\0\1\7\1\x60\2\x7f\x7f\1\x7f\3\2\1\0\7\7\1\3add\0\0\x0a\x09\1\7\0\x20\0\x20\1\x6a"
    "\x0b",
    41);

// An app that answers with what the expression comes to, after the imports.
TestVersion answering(std::string imports, std::string expression,
                      std::vector<TestModule> others = {}) {
  TestVersion version = TestVersion::of(
      imports + "\nexport default { async fetch(request) { return new Response(String(" +
      expression + ")) } }");
  version.modules.insert(version.modules.end(), others.begin(), others.end());
  return version;
}

TEST_F(ModuleLoaderTest, ImportsAcrossFolders) {
  TestApp app = load(answering("import { b } from './lib/b.js';", "b",
                               {{"lib/b.js", "import c from '../c.js'; export const b = c + 1;"},
                                {"c.js", "export default 41;"}}));
  ASSERT_EQ(app.outcome, rpc::Outcome::OK) << app.message;
  EXPECT_EQ(app.fetch().body, "42");
}

TEST_F(ModuleLoaderTest, ImportsEveryModuleOfNanosOwn) {
  for (std::string_view name : kBuiltinModules) {
    const std::string quoted = "'" + std::string(name) + "'";
    TestApp app =
        load(answering("import * as all from " + quoted + ";",
                       "Object.keys(all).length > 0 && all === await import(" + quoted + ")"));
    ASSERT_EQ(app.outcome, rpc::Outcome::OK) << app.message;
    EXPECT_EQ(app.fetch().body, "true") << name;
  }
}

TEST_F(ModuleLoaderTest, ImportsConnectByItsName) {
  TestApp app = load(
      answering("import { connect } from 'cloudflare:sockets';", "typeof connect + connect.name"));
  EXPECT_EQ(app.fetch().body, "functionconnect");
  TestApp missing = load(answering("import { listen } from 'cloudflare:sockets';", "listen"));
  EXPECT_EQ(missing.outcome, rpc::Outcome::STARTUP_FAILED);
  EXPECT_NE(missing.message.find("listen"), std::string::npos) << missing.message;
}

TEST_F(ModuleLoaderTest, ImportsModulesThatImportEachOther) {
  TestApp app = load(answering(
      "import { even } from './even.js';", "even(10)",
      {{"even.js",
        "import { odd } from './odd.js'; export const even = n => n == 0 || odd(n - 1);"},
       {"odd.js",
        "import { even } from './even.js'; export const odd = n => n != 0 && even(n - 1);"}}));
  EXPECT_EQ(app.fetch().body, "true");
}

TEST_F(ModuleLoaderTest, ImportsJsonTextDataAndWebAssembly) {
  TestApp app = load(answering(
      "import json from './a.json' with { type: 'json' };\n"
      "import plain from './a.json';\n"
      "import text from './a.txt';\n"
      "import data from './a.bin';\n"
      "import wasm from './a.wasm';\n",
      "[json.x, json === plain, text, data instanceof ArrayBuffer, new Uint8Array(data).join('-'), "
      "wasm instanceof WebAssembly.Module, new WebAssembly.Instance(wasm).exports.add(40, 2)]",
      {{"a.json", "{\"x\":[1,2]}", Kind::JSON},
       {"a.txt", "h\xC3\xA9", Kind::TEXT},
       {"a.bin", std::string("\1\0\xff", 3), Kind::DATA},
       {"a.wasm", kAddModule, Kind::WASM}}));
  ASSERT_EQ(app.outcome, rpc::Outcome::OK) << app.message;
  EXPECT_EQ(app.fetch().body, "1,2,true,h\xC3\xA9,true,1-0-255,true,42");
}

TEST_F(ModuleLoaderTest, ImportsAMemberOfTheAppAtRunTime) {
  TestApp app = load(answering(
      "", "(await import('./lib/late.js')).default",
      {{"lib/late.js", "import d from './d.js'; export default 'late' + d;"},
       {"lib/d.js", "export default await new Promise(r => setTimeout(() => r('d'), 1));"}}));
  const TestReply reply = app.fetch();
  EXPECT_EQ(reply.body, "lated");
}

TEST_F(ModuleLoaderTest, RunsAModuleOnceHoweverOftenItIsImported) {
  TestApp app =
      load(answering("import './n.js'; import './m.js';",
                     "[(await import('./n.js')).count(), (await import('./n.js')).count()]",
                     {{"n.js", "let n = 0; export const count = () => ++n;"},
                      {"m.js", "import { count } from './n.js'; count();"}}));
  EXPECT_EQ(app.fetch().body, "2,3");
}

TEST_F(ModuleLoaderTest, ImportsTheModuleThatIsBeingEvaluated) {
  TestApp app = load(answering("export const me = import('./index.js');", "Object.keys(await me)"));
  ASSERT_EQ(app.outcome, rpc::Outcome::OK) << app.message;
  EXPECT_EQ(app.fetch().body, "default,me");
}

TEST_F(ModuleLoaderTest, RejectsAnImportAtRunTimeThatIsNoMember) {
  TestApp app = load(answering(
      "const tries = s => import(s).then(() => 'yes', e => e.constructor.name + ': ' + e.message);",
      "[await tries('./none.js'), await tries('http://127.0.0.1/x.js'), await tries('../x.js'), "
      "await tries('file:///etc/passwd'), await tries('nano:ops')].join('\\n')"));
  EXPECT_EQ(
      app.fetch().body,
      "TypeError: \"./none.js\" is not a file of this app\n"
      "TypeError: \"http://127.0.0.1/x.js\" cannot be imported: an app imports its own files only\n"
      "TypeError: \"../x.js\" leads out of the app's folder\n"
      "TypeError: \"file:///etc/passwd\" cannot be imported: an app imports its own files only\n"
      "TypeError: \"nano:ops\" cannot be imported: an app imports its own files only");
}

TEST_F(ModuleLoaderTest, RejectsAnImportAtRunTimeOfAModuleThatThrowsEveryTime) {
  TestApp app =
      load(answering("const tries = () => import('./bad.js').then(() => 'yes', e => e.message);",
                     "[await tries(), await tries()]", {{"bad.js", "throw new Error('no')"}}));
  EXPECT_EQ(app.fetch().body, "no,no");
}

TEST_F(ModuleLoaderTest, ShowsWhereABareImportStands) {
  TestApp app = load(TestVersion{{{"index.js", "import './lib/a.js'; export default {};"},
                                  {"lib/a.js", "// first\nimport { Hono } from 'hono';\n"}}});
  EXPECT_EQ(app.outcome, rpc::Outcome::STARTUP_FAILED);
  EXPECT_NE(app.message.find("\"hono\" is a bare import: bundle the app"), std::string::npos)
      << app.message;
  EXPECT_EQ(app.file, "lib/a.js");
  EXPECT_EQ(app.line, 2u);
  EXPECT_EQ(app.sourceLine, "import { Hono } from 'hono';");
  EXPECT_GT(app.column, 0u);
}

TEST_F(ModuleLoaderTest, RefusesImportsFromOutsideOfTheApp) {
  for (const char* specifier :
       {"http://127.0.0.1/x.js", "file:///etc/passwd", "/etc/passwd", "../up.js", "node:nope"}) {
    TestApp app = load("import x from '" + std::string(specifier) + "'; export default {};");
    EXPECT_EQ(app.outcome, rpc::Outcome::STARTUP_FAILED) << specifier;
    EXPECT_NE(app.message.find(specifier), std::string::npos) << app.message;
  }
}

TEST_F(ModuleLoaderTest, SuggestsTheFileThatWasProbablyMeant) {
  TestApp app = load(TestVersion{{{"index.js", "import './a'; export default {};"}, {"a.js", ""}}});
  EXPECT_NE(app.message.find("did you mean \"./a.js\"?"), std::string::npos) << app.message;
}

TEST_F(ModuleLoaderTest, RefusesAnImportAttributeThatDoesNotFit) {
  EXPECT_NE(load(TestVersion{
                     {{"index.js", "import a from './a.js' with { type: 'json' };"}, {"a.js", ""}}})
                .message.find("is not of the type \"json\""),
            std::string::npos);
  EXPECT_NE(
      load(TestVersion{{{"index.js", "import a from './a.js' with { kind: 'x' };"}, {"a.js", ""}}})
          .message.find("attribute \"kind\" is not known"),
      std::string::npos);
}

TEST_F(ModuleLoaderTest, NamesTheFileOfBadJsonAndBadWebAssembly) {
  TestApp json =
      load(TestVersion{{{"index.js", "import a from './a.json';"}, {"a.json", "{", Kind::JSON}}});
  EXPECT_EQ(json.file, "a.json");
  EXPECT_NE(json.message.find("SyntaxError"), std::string::npos) << json.message;
  TestApp wasm =
      load(TestVersion{{{"index.js", "import a from './a.wasm';"}, {"a.wasm", "x", Kind::WASM}}});
  EXPECT_EQ(wasm.file, "a.wasm");
  EXPECT_NE(wasm.message.find("CompileError"), std::string::npos) << wasm.message;
}

TEST_F(ModuleLoaderTest, GivesAModuleAUrlThatNamesItsPath) {
  TestApp app = load(answering("import url from './lib/u.js';",
                               "[url, new Error('x').stack.split('\\n')[1].trim()]",
                               {{"lib/u.js", "export default import.meta.url;"}}));
  const std::string body = app.fetch().body;
  EXPECT_TRUE(body.starts_with("file:///lib/u.js,at ")) << body;
  EXPECT_NE(body.find("index.js:"), std::string::npos) << body;
}

TEST_F(ModuleLoaderTest, CompilesNoWebAssemblyFromBytesAndNoCodeFromStrings) {
  TestApp app = load(answering(
      "const tries = f => { try { f(); return 'allowed'; } catch (e) { return e.message; } };"
      "const bytes = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]);",
      "[tries(() => eval('1')), tries(() => new Function('1')), tries(() => new "
      "WebAssembly.Module(bytes)), "
      "await WebAssembly.instantiate(bytes).then(() => 'allowed', e => e.message)].join('\\n')"));
  const std::string body = app.fetch().body;
  EXPECT_EQ(body.find("allowed\n"), std::string::npos) << body;
  EXPECT_FALSE(body.ends_with("allowed")) << body;
  EXPECT_NE(body.find("Code generation from strings"), std::string::npos) << body;
  EXPECT_NE(body.find("a .wasm file of the app can be imported"), std::string::npos) << body;
}

TEST_F(ModuleLoaderTest, RefusesAModuleWithASharedMemory) {
  using namespace std::string_literals;
  // (module (memory 1 2 shared))
  const std::string shared = "\0asm\1\0\0\0\5\4\1\3\1\2"s;
  TestApp app =
      load(TestVersion{{{"index.js", "import a from './a.wasm'; export default { fetch() {} }"},
                        {"a.wasm", shared, Kind::WASM}}});
  EXPECT_EQ(app.outcome, rpc::Outcome::STARTUP_FAILED);
  EXPECT_NE(app.message.find("a.wasm has a shared memory"), std::string::npos) << app.message;
}

}  // namespace
}  // namespace nano
