#include "snapshot/builtin_module.h"

#include <gtest/gtest.h>

namespace nano {
namespace {

using Names = std::vector<std::string>;

BuiltinModule parsed(std::string_view source) {
  auto result = BuiltinModule::parse("a.js", source);
  const auto* error = std::get_if<SnapshotError>(&result);
  EXPECT_EQ(error, nullptr) << error->message;
  return error == nullptr ? std::get<BuiltinModule>(result) : BuiltinModule{};
}

std::string refused(std::string_view source) {
  auto result = BuiltinModule::parse("a.js", source);
  const auto* error = std::get_if<SnapshotError>(&result);
  return error == nullptr ? "accepted" : error->message;
}

TEST(BuiltinModuleTest, TurnsImportsIntoConstants) {
  const auto module = parsed("import { x, y as z } from './b.js';\nf(x, z);\n");
  EXPECT_EQ(module.body,
            "'use strict';const { x, y: z } = nanoModules['./b.js'];\nf(x, z);\n"
            "\nreturn { __proto__: null };");
  ASSERT_EQ(module.imports.size(), 1);
  EXPECT_EQ(module.imports[0].specifier, "./b.js");
  EXPECT_EQ(module.imports[0].names, (Names{"x", "y"}));
}

TEST(BuiltinModuleTest, MarksADeferredImport) {
  const auto module = parsed("import defer * as late from './b.js';\nlate.f();\n");
  EXPECT_EQ(module.body,
            "'use strict';const late = nanoModules['defer ./b.js'];\nlate.f();\n"
            "\nreturn { __proto__: null };");
  ASSERT_EQ(module.imports.size(), 1);
  EXPECT_TRUE(module.imports[0].deferred);
  EXPECT_EQ(module.imports[0].specifier, "./b.js");
  EXPECT_EQ(refused("import defer { x } from './b.js';\n"),
            "a.js:1: a built-in cannot import in this form");
}

TEST(BuiltinModuleTest, KeepsTheNumbersOfLines) {
  const auto module = parsed("import {\n  x, // one\n  y,\n} from './b.js';\nfails();\n");
  EXPECT_EQ(module.body,
            "'use strict';const { x, y } = nanoModules['./b.js'];\n\n\n\nfails();\n"
            "\nreturn { __proto__: null };");
  EXPECT_EQ(module.imports[0].line, 1);
}

TEST(BuiltinModuleTest, ReturnsWhatIsExported) {
  const auto module = parsed(
      "export class A {}\nexport function b() {}\nexport async function c() {}\n"
      "export function* d() {}\nexport const e = 1;\nconst f = 2, g = 3;\nexport { f, g as h };\n");
  EXPECT_EQ(module.exports, (Names{"A", "b", "c", "d", "e", "f", "h"}));
  EXPECT_NE(module.body.find("return { __proto__: null, A, b, c, d, e, f, h: g };"),
            std::string::npos);
  EXPECT_EQ(module.body.find("export"), std::string::npos);
}

TEST(BuiltinModuleTest, PassesOnWhatAnotherModuleExports) {
  const auto module = parsed("export { a as b } from './c.js';\n");
  EXPECT_EQ(module.imports[0].names, (Names{"a"}));
  EXPECT_NE(module.body.find("b: nanoModules['./c.js'].a"), std::string::npos);
}

TEST(BuiltinModuleTest, ImportsAllNamesOrNone) {
  const auto module = parsed("import * as b from './b.js';\nimport './c.js';\n");
  ASSERT_EQ(module.imports.size(), 2);
  EXPECT_NE(module.body.find("const b = nanoModules['./b.js'];"), std::string::npos);
}

TEST(BuiltinModuleTest, LeavesWordsInsideCodeAlone) {
  const std::string code =
      "const importance = 1;\n  import_(x);\nexporter();\n // import {a} from 'b';\n";
  EXPECT_EQ(parsed(code).body, "'use strict';" + code + "\nreturn { __proto__: null };");
}

TEST(BuiltinModuleTest, ReadsAFileWithoutALastLineEnd) {
  EXPECT_EQ(parsed("f()").body, "'use strict';f()\nreturn { __proto__: null };");
  EXPECT_EQ(parsed("").body, "'use strict';\nreturn { __proto__: null };");
}

TEST(BuiltinModuleTest, RefusesOtherFormsAndSaysWhere) {
  EXPECT_EQ(refused("\nimport x from './b.js';\n"),
            "a.js:2: a built-in cannot import in this form");
  EXPECT_EQ(refused("export let x = 1;\n"), "a.js:1: a built-in cannot export in this form");
  EXPECT_EQ(refused("export default 1;\n"), "a.js:1: a built-in cannot export in this form");
  EXPECT_EQ(refused("export * from './b.js';\n"), "a.js:1: a built-in cannot export in this form");
  EXPECT_EQ(refused("export const { a } = b;\n"), "a.js:1: a built-in cannot export in this form");
}

}  // namespace
}  // namespace nano
