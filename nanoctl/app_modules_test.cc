#include "nanoctl/app_modules.h"

#include <gmock/gmock.h>

#include "nanoctl/app_folder_fixture.h"

namespace nano {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr char kPlainApp[] = "export default { fetch() { return new Response('plain'); } };\n";

std::vector<std::string> pathsOf(const AppModules& modules) {
  std::vector<std::string> paths;
  for (auto& file : modules.files)
    paths.push_back(file.path);
  return paths;
}

const ModuleFile& fileOf(const AppModules& modules, const std::string& path) {
  for (auto& file : modules.files) {
    if (file.path == path) return file;
  }
  static const ModuleFile none;
  return none;
}

TEST(FindMainTest, PrefersTheFirstOfItsListThatIsThere) {
  AppFolder folder;
  std::vector<std::string> order = {"index.js",     "index.mjs",     "index.ts",
                                    "src/index.js", "src/index.mjs", "src/index.ts"};
  for (auto name = order.rbegin(); name != order.rend(); ++name) {
    folder.write(*name, kPlainApp);
    EXPECT_EQ(findMain(folder.path(), {}).value(), *name);
  }
}

TEST(FindMainTest, TakesTheConfigurationsMainAsOneNormalPath) {
  AppFolder folder;
  folder.write("index.js", kPlainApp);
  folder.write("app/start.js", kPlainApp);
  AppConfig config;
  config.main = "./app/../app/start.js";
  EXPECT_EQ(findMain(folder.path(), config).value(), "app/start.js");
}

TEST(FindMainTest, NamesAMainThatIsNotThere) {
  AppFolder folder;
  AppConfig config;
  config.file = "wrangler.toml";
  config.main = "gone.js";
  EXPECT_THAT(findMain(folder.path(), config).failure().message,
              HasSubstr("wrangler.toml: `main` is gone.js"));
}

TEST(FindMainTest, SaysWhatAFolderWithoutAnAppLacks) {
  AppFolder folder;
  EXPECT_THAT(findMain(folder.path(), {}).failure().message, HasSubstr("there is no index.js"));
}

TEST(CollectModulesTest, ModulesOfNodeAreLeftToNano) {
  AppFolder folder;
  folder.write(
      "index.js",
      "import { join } from 'path';\nimport 'node:fs';\nimport { x } from 'fs/promises';\n" +
          std::string(kPlainApp));
  EXPECT_FALSE(collectModules(folder.path(), {}).value().bundled);
  folder.write("index.ts", "import { join } from 'path';\nexport default { fetch: join };\n");
  AppConfig config;
  config.main = "index.ts";
  const auto modules = collectModules(folder.path(), config).value();
  EXPECT_TRUE(modules.bundled);
  EXPECT_THAT(fileOf(modules, "index.js").content, HasSubstr("from \"path\""));
  EXPECT_THAT(fileOf(modules, "index.js").content, Not(HasSubstr("createRequire")));
}

TEST(CollectModulesTest, APackageThatRequiresModulesOfNodeGetsAFunctionForIt) {
  AppFolder folder;
  folder.write("node_modules/old/package.json", R"({"name": "old", "main": "index.js"})");
  folder.write("node_modules/old/index.js", "module.exports = require('events');\n");
  // What the app calls so itself keeps its meaning.
  folder.write("index.js",
               "import old from 'old';\nconst require = (name) => name;\n"
               "export default { fetch: () => new Response(old + require('mine')) };\n");
  const auto modules = collectModules(folder.path(), {}).value();
  const auto& bundle = fileOf(modules, "index.js").content;
  EXPECT_THAT(bundle, HasSubstr("const require = nanoCreateRequire(\"/\");"));
  EXPECT_THAT(bundle, HasSubstr("require2(\"mine\")"));
}

TEST(CollectModulesTest, PlainFilesGoAsTheyAre) {
  AppFolder folder;
  folder.write("src/index.js",
               "import { a } from './lib/a.js';\nimport data from '../data.json';\n"
               "import page from './page.html';\nimport bytes from './bytes.bin';\n"
               "export default { fetch() { return new Response(a + data + page + bytes); } };\n");
  folder.write("src/lib/a.js", "export const a = 1;  // kept\n");
  folder.write("data.json", "{\"x\": 1}");
  folder.write("src/page.html", "<p>");
  folder.write("src/bytes.bin", std::string("\0\xff", 2));
  folder.write("src/unused.js", "");
  auto modules = collectModules(folder.path(), {}).value();
  EXPECT_FALSE(modules.bundled);
  EXPECT_EQ(modules.mainModule, "src/index.js");
  EXPECT_THAT(pathsOf(modules), ElementsAre("data.json", "src/bytes.bin", "src/index.js",
                                            "src/lib/a.js", "src/page.html"));
  EXPECT_EQ(fileOf(modules, "src/lib/a.js").content, "export const a = 1;  // kept\n");
  EXPECT_EQ(fileOf(modules, "src/lib/a.js").contentType, "application/javascript+module");
  EXPECT_EQ(fileOf(modules, "data.json").contentType, "application/json");
  EXPECT_EQ(fileOf(modules, "src/page.html").contentType, "text/plain");
  EXPECT_EQ(fileOf(modules, "src/bytes.bin").content, std::string("\0\xff", 2));
}

TEST(CollectModulesTest, RuntimeModulesDoNotCallForABundle) {
  AppFolder folder;
  folder.write("index.js",
               std::string("import 'node:buffer';\nimport 'cloudflare:workers';\n") + kPlainApp);
  auto modules = collectModules(folder.path(), {}).value();
  EXPECT_FALSE(modules.bundled);
  EXPECT_THAT(pathsOf(modules), ElementsAre("index.js"));
}

TEST(CollectModulesTest, TypeScriptIsBundled) {
  AppFolder folder;
  folder.write("index.ts", "const n: number = 41;\nexport default { fetch: () => n + 1 };\n");
  auto modules = collectModules(folder.path(), {}).value();
  EXPECT_TRUE(modules.bundled);
  EXPECT_EQ(modules.mainModule, "index.js");
  EXPECT_THAT(pathsOf(modules), ElementsAre("index.js"));
  EXPECT_THAT(modules.files[0].content, Not(HasSubstr("number")));
}

TEST(CollectModulesTest, PackagesAreBundledByTheWorkersConditions) {
  AppFolder folder;
  folder.write("index.js",
               "import { where } from 'pack';\nexport default { fetch: () => where };\n");
  folder.write("node_modules/pack/package.json",
               R"({"name": "pack", "exports": {"node": "./n.js", "workerd": "./w.js"}})");
  folder.write("node_modules/pack/n.js", "export const where = 'from node';");
  folder.write("node_modules/pack/w.js", "export const where = 'from workerd';");
  auto modules = collectModules(folder.path(), {}).value();
  EXPECT_TRUE(modules.bundled);
  EXPECT_THAT(fileOf(modules, modules.mainModule).content, HasSubstr("from workerd"));
}

TEST(CollectModulesTest, AnImportWithoutAnExtensionIsBundled) {
  AppFolder folder;
  folder.write("index.js", "import { a } from './a';\nexport default { fetch: () => a };\n");
  folder.write("a.js", "export const a = 'from a';");
  auto modules = collectModules(folder.path(), {}).value();
  EXPECT_TRUE(modules.bundled);
  EXPECT_THAT(fileOf(modules, "index.js").content, HasSubstr("from a"));
}

TEST(CollectModulesTest, CommonJsIsBundledIntoAModule) {
  AppFolder folder;
  folder.write("index.js",
               "const a = require('./a.js');\nmodule.exports = { fetch: () => a.a };\n");
  folder.write("a.js", "exports.a = 'from a';");
  auto modules = collectModules(folder.path(), {}).value();
  EXPECT_TRUE(modules.bundled);
  EXPECT_THAT(fileOf(modules, "index.js").content, HasSubstr("export default"));
}

TEST(CollectModulesTest, WasmStaysAFileBesideTheBundle) {
  AppFolder folder;
  folder.write("src/index.ts", "import m from './m.wasm';\nexport default { fetch: () => m };\n");
  folder.write("src/m.wasm", std::string("\0asm\1\0\0\0", 8));
  auto modules = collectModules(folder.path(), {}).value();
  ASSERT_EQ(modules.files.size(), 2U);
  auto& wasm = modules.files[modules.files[0].path.ends_with(".wasm") ? 0 : 1];
  EXPECT_EQ(wasm.contentType, "application/wasm");
  EXPECT_EQ(wasm.content, std::string("\0asm\1\0\0\0", 8));
  EXPECT_THAT(fileOf(modules, "index.js").content, HasSubstr(wasm.path));
}

TEST(CollectModulesTest, ASyntaxErrorNamesFileAndLine) {
  AppFolder folder;
  folder.write("index.js", "import './broken.js';\nexport default {};\n");
  folder.write("broken.js", "let fine = 1;\nlet = = 2;\n");
  EXPECT_THAT(collectModules(folder.path(), {}).failure().message, HasSubstr("broken.js:2:"));
}

TEST(CollectModulesTest, AnImportOfNothingNamesTheImporter) {
  AppFolder folder;
  folder.write("index.js", "import './gone.js';\nexport default {};\n");
  std::string message = collectModules(folder.path(), {}).failure().message;
  EXPECT_THAT(message, HasSubstr("./gone.js"));
  EXPECT_THAT(message, HasSubstr("index.js:1:"));
}

TEST(CollectModulesTest, WithoutABundlerOnlyWhatRunsAsItIsCanGo) {
  AppFolder folder;
  AppConfig config;
  config.noBundle = true;
  folder.write("index.ts", "export default { fetch: (n: number) => n };\n");
  EXPECT_THAT(collectModules(folder.path(), config).failure().message,
              HasSubstr("index.ts needs bundling, and `no_bundle` is set"));
}

TEST(CollectModulesTest, AMainWithoutExportsIsAClassicScript) {
  AppFolder folder;
  folder.write("index.js", "addEventListener('fetch', (event) => event.respondWith(null));\n");
  auto modules = collectModules(folder.path(), {});
  ASSERT_TRUE(modules.ok()) << modules.failure().message;
  EXPECT_TRUE(modules.value().isScript);
  EXPECT_FALSE(modules.value().bundled);
  EXPECT_EQ(fileOf(modules.value(), "index.js").contentType, "application/javascript");
}

TEST(CollectModulesTest, AClassicScriptThatImportsIsBundledIntoOne) {
  AppFolder folder;
  folder.write(
      "index.ts",
      "import { word } from './word';\n"
      "addEventListener('fetch', (event: any) => event.respondWith(new Response(word)));\n");
  folder.write("word.ts", "export const word: string = 'bundled';\n");
  auto modules = collectModules(folder.path(), {});
  ASSERT_TRUE(modules.ok()) << modules.failure().message;
  EXPECT_TRUE(modules.value().isScript);
  EXPECT_THAT(pathsOf(modules.value()), ElementsAre("index.js"));
  EXPECT_EQ(fileOf(modules.value(), "index.js").contentType, "application/javascript");
  EXPECT_THAT(fileOf(modules.value(), "index.js").content, Not(HasSubstr("export")));
}

TEST(CollectModulesTest, SaysHowAPackageThatIsMissingGetsThere) {
  AppFolder folder;
  folder.write("index.js", "import 'no-such-package/part';\nimport '@own/other/part';\n");
  const std::string failure = collectModules(folder.path(), {}).failure().message;
  EXPECT_THAT(failure, HasSubstr("Could not resolve \"no-such-package/part\""));
  EXPECT_THAT(failure, HasSubstr("npm install no-such-package\n"));
  EXPECT_THAT(failure, HasSubstr("npm install @own/other\n"));
  EXPECT_THAT(failure, Not(HasSubstr("external")));
}

TEST(CollectModulesTest, SaysWhatCanBeImported) {
  AppFolder folder;
  folder.write("index.js", "import picture from './a.svg';\nexport default { picture };\n");
  folder.write("a.svg", "<svg/>");
  EXPECT_THAT(collectModules(folder.path(), {}).failure().message,
              HasSubstr("text (.txt .html .sql)"));
}

TEST(CollectModulesTest, AClassicScriptCannotImportText) {
  AppFolder folder;
  folder.write("index.js", "import text from './a.txt';\naddEventListener('fetch', () => text);\n");
  folder.write("a.txt", "text");
  EXPECT_EQ(collectModules(folder.path(), {}).failure().message,
            "index.js exports nothing, so it is a service worker, and one cannot import a.txt: "
            "write `export default { fetch() { ... } }`");
}

TEST(CollectModulesTest, KeepsTheBundlersSourceMapWhereItIsAskedFor) {
  AppFolder folder;
  folder.write("src/index.ts",
               "export default { fetch(): Response { return new Response('x') } };\n");
  AppConfig config;
  EXPECT_THAT(pathsOf(collectModules(folder.path(), config).value()), ElementsAre("index.js"));
  config.uploadSourceMaps = true;
  auto modules = collectModules(folder.path(), config);
  ASSERT_TRUE(modules.ok()) << modules.failure().message;
  EXPECT_THAT(pathsOf(modules.value()), ElementsAre("index.js", "index.js.map"));
  const ModuleFile& map = fileOf(modules.value(), "index.js.map");
  EXPECT_EQ(map.contentType, "application/source-map");
  EXPECT_THAT(map.content, HasSubstr("\"src/index.ts\""));
}

}  // namespace
}  // namespace nano
