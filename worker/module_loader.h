#pragma once

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

#include <v8.h>

#include "snapshot/entry_points.h"
#include "worker/app_source.h"
#include "worker/js_error.h"

namespace nano {

// The ES modules of one app version in one isolate: compiles them, links them, and answers import()
// at run time. Knows the app's own files, and the few modules of nano that builtin_modules.h names.
//
// All that a module imports is compiled before any of it runs, so that a bad import is reported
// with the place of the import statement. The isolate finds its loader under
// kModuleLoaderIsolateSlot.
class ModuleLoader final {
 public:
  // Whether a .wasm file may be imported; refused in a process that makes no code.
  enum class WebAssembly { kCompiled, kRefused };

  // `source` and `entryPoints` outlive the loader, and the loader the last use of the isolate.
  ModuleLoader(v8::Isolate* isolate, const AppSource& source, const EntryPoints& entryPoints,
               WebAssembly webAssembly = WebAssembly::kCompiled);
  ~ModuleLoader();
  ModuleLoader(const ModuleLoader&) = delete;
  ModuleLoader& operator=(const ModuleLoader&) = delete;

  // Tells V8 who answers import() and import.meta, and which WebAssembly may be compiled. Once for
  // each isolate, before its first script.
  static void installCallbacks(v8::Isolate* isolate);

  // What went wrong: `thrown` is what import() rejects with.
  struct Failure {
    v8::Local<v8::Value> thrown;
    JsError error;
  };
  using Linked = std::variant<v8::Local<v8::Module>, Failure>;

  // Compiles and links the app's main module with all it imports. Runs none of it.
  Linked linkMain(v8::Local<v8::Context> context);

 private:
  struct Record {
    explicit Record(const AppSource::Module& appModule) : source(appModule) {}

    const AppSource::Module& source;
    v8::Global<v8::Module> module;
    // Of what is not JavaScript, until it is evaluated: [name, value, ...].
    v8::Global<v8::Array> exports;
    // One for each import statement, in V8's order; complete once `resolved`.
    std::vector<Record*> imports;
    bool resolved = false;
  };
  // An import as it is written: in `referrer`, with its attributes as [key, value, (offset)]....
  struct Import {
    std::string specifier;
    std::string_view referrer;
    std::string type;  // The attribute `type`, or empty.
    std::string unknownAttribute;
  };
  static Import readImport(v8::Isolate* isolate, v8::Local<v8::String> specifier,
                           v8::Local<v8::FixedArray> attributes, int entrySize);

  static ModuleLoader* of(v8::Isolate* isolate);
  static v8::MaybeLocal<v8::Module> onResolve(v8::Local<v8::Context> context, size_t index,
                                              v8::Local<v8::Module> referrer);
  static v8::MaybeLocal<v8::Promise> onDynamicImport(v8::Local<v8::Context> context,
                                                     v8::Local<v8::Data> options,
                                                     v8::Local<v8::Value> resourceName,
                                                     v8::Local<v8::String> specifier,
                                                     v8::Local<v8::FixedArray> attributes);
  // The second half of import(), in a microtask: while a module is being evaluated, none that leads
  // back to it may be (ECMA-262 16.2.1.8, ContinueDynamicImport is a job).
  static void onEvaluateImported(const v8::FunctionCallbackInfo<v8::Value>& info);
  static void onImportMeta(v8::Local<v8::Context> context, v8::Local<v8::Module> module,
                           v8::Local<v8::Object> meta);
  static bool onWasmCodeGeneration(v8::Local<v8::Context> context, v8::Local<v8::String> source);
  static v8::MaybeLocal<v8::Value> onEvaluateSynthetic(v8::Local<v8::Context> context,
                                                       v8::Local<v8::Module> module);

  Linked link(v8::Local<v8::Context> context, Record& root);
  // Both return false with an exception pending.
  bool compileAll(v8::Local<v8::Context> context, Record& root);
  bool compile(v8::Local<v8::Context> context, Record& record);
  bool compileScript(v8::Local<v8::Context> context, Record& record);
  v8::MaybeLocal<v8::Array> makeExports(v8::Local<v8::Context> context, const Record& record);
  v8::MaybeLocal<v8::Value> makeValue(v8::Local<v8::Context> context, const Record& record);
  v8::MaybeLocal<v8::Value> compileWasm(const Record& record);
  bool resolveImports(Record& record);

  // What an import means, or why it is refused.
  std::variant<Record*, std::string> find(const Import& import);
  // Why there is none: the sentence for it.
  std::string missingFile(const std::string& specifier, const std::string& path) const;
  // A node: module, by its full name or without the scheme; null for none.
  Record* libraryModule(const std::string& specifier);
  Record* recordOf(v8::Local<v8::Module> module);

  v8::Isolate* isolate_;
  const AppSource& source_;
  const EntryPoints& entryPoints_;
  const WebAssembly webAssembly_;
  // Of kBuiltinModules and those of the library that are in use, with nothing but their names.
  std::deque<AppSource::Module> builtins_;
  std::unordered_map<std::string_view, std::unique_ptr<Record>> records_;
  std::unordered_multimap<int, Record*> byHash_;
  // Where the import statement stands that is to blame; set with a refusal of our own.
  JsError refusal_;
};

}  // namespace nano
