#include "worker/module_loader.h"

#include <cstring>
#include <utility>

#include <kj/debug.h>

#include "snapshot/host.h"
#include "snapshot/module_library.h"
#include "snapshot/own_wasm.h"
#include "snapshot/wasm_binary.h"
#include "worker/builtin_modules.h"
#include "worker/import_specifier.h"
#include "worker/isolate_scope.h"
#include "worker/synthetic_module.h"

namespace nano {
namespace {

// A specifier may be any string; what is longer than this names no file.
constexpr size_t kMaxSpecifierBytes = 1024;

v8::MaybeLocal<v8::String> jsString(v8::Isolate* isolate, std::string_view text) {
  return v8::String::NewFromUtf8(isolate, text.data(), v8::NewStringType::kNormal,
                                 static_cast<int>(text.size()));
}

void throwTypeError(v8::Isolate* isolate, std::string_view text) {
  v8::Local<v8::String> message;
  if (jsString(isolate, text).ToLocal(&message)) {
    isolate->ThrowException(v8::Exception::TypeError(message));
  }
}

void returnData(const v8::FunctionCallbackInfo<v8::Value>& info) {
  info.GetReturnValue().Set(info.Data());
}

}  // namespace

ModuleLoader::ModuleLoader(v8::Isolate* isolate, const AppSource& source,
                           const EntryPoints& entryPoints, WebAssembly webAssembly)
    : isolate_(isolate),
      source_(source),
      entryPoints_(entryPoints),
      webAssembly_(webAssembly) {
  for (std::string_view name : kBuiltinModules)
    builtins_.push_back({std::string(name), AppSource::Kind::kBuiltin, {}});
  for (const AppSource::Module& module : builtins_)
    records_.emplace(module.path, std::make_unique<Record>(module));
  for (const AppSource::Module& module : source_.modules)
    records_.emplace(module.path, std::make_unique<Record>(module));
  isolate_->SetData(kModuleLoaderIsolateSlot, this);
}

ModuleLoader::~ModuleLoader() { isolate_->SetData(kModuleLoaderIsolateSlot, nullptr); }

void ModuleLoader::installCallbacks(v8::Isolate* isolate) {
  isolate->SetHostImportModuleDynamicallyCallback(onDynamicImport);
  isolate->SetHostInitializeImportMetaObjectCallback(onImportMeta);
  isolate->SetAllowWasmCodeGenerationCallback(onWasmCodeGeneration);
}

ModuleLoader* ModuleLoader::of(v8::Isolate* isolate) {
  return static_cast<ModuleLoader*>(isolate->GetData(kModuleLoaderIsolateSlot));
}

ModuleLoader::Linked ModuleLoader::linkMain(v8::Local<v8::Context> context) {
  return link(context, *records_.at(source_.mainModule));
}

ModuleLoader::Linked ModuleLoader::link(v8::Local<v8::Context> context, Record& root) {
  v8::TryCatch caught(isolate_);
  refusal_ = {};
  if (compileAll(context, root)) {
    v8::Local<v8::Module> module = root.module.Get(isolate_);
    if (module->InstantiateModule(context, onResolve).FromMaybe(false)) return module;
  }
  Failure failure{caught.Exception(), describeCaught(context, caught)};
  if (failure.thrown.IsEmpty()) failure.thrown = v8::Undefined(isolate_);
  if (!refusal_.file.empty()) {
    refusal_.message = std::move(failure.error.message);
    failure.error = std::move(refusal_);
  }
  return failure;
}

bool ModuleLoader::compileAll(v8::Local<v8::Context> context, Record& root) {
  std::vector<Record*> pending{&root};
  while (!pending.empty()) {
    Record& record = *pending.back();
    pending.pop_back();
    if (record.resolved) continue;
    if (record.module.IsEmpty() && !compile(context, record)) return false;
    if (!resolveImports(record)) return false;
    pending.insert(pending.end(), record.imports.begin(), record.imports.end());
  }
  return true;
}

bool ModuleLoader::compile(v8::Local<v8::Context> context, Record& record) {
  if (record.source.kind == AppSource::Kind::kEsModule) return compileScript(context, record);
  v8::Local<v8::String> name;
  v8::Local<v8::Array> exports;
  if (!jsString(isolate_, record.source.path).ToLocal(&name)) return false;
  if (!makeExports(context, record).ToLocal(&exports)) {
    refusal_.file = record.source.path;
    return false;
  }
  v8::Local<v8::Module> module = makeSyntheticModule(context, name, exports, onEvaluateSynthetic);
  record.exports.Reset(isolate_, exports);
  record.module.Reset(isolate_, module);
  byHash_.emplace(module->GetIdentityHash(), &record);
  return true;
}

bool ModuleLoader::compileScript(v8::Local<v8::Context>, Record& record) {
  v8::Local<v8::String> name;
  v8::Local<v8::String> code;
  if (!jsString(isolate_, record.source.path).ToLocal(&name) ||
      !jsString(isolate_, record.source.content).ToLocal(&code)) {
    return false;
  }
  v8::ScriptOrigin origin(name, 0, 0, false, -1, v8::Local<v8::Value>(), false, false, true);
  v8::ScriptCompiler::Source source(code, origin);
  v8::Local<v8::Module> module;
  if (!v8::ScriptCompiler::CompileModule(isolate_, &source).ToLocal(&module)) return false;
  record.module.Reset(isolate_, module);
  byHash_.emplace(module->GetIdentityHash(), &record);
  return true;
}

v8::MaybeLocal<v8::Array> ModuleLoader::makeExports(v8::Local<v8::Context> context,
                                                    const Record& record) {
  if (record.source.kind == AppSource::Kind::kBuiltin) {
    return builtinExports(context, entryPoints_, record.source.path);
  }
  v8::Local<v8::Value> value;
  if (!makeValue(context, record).ToLocal(&value)) return {};
  v8::Local<v8::Value> exports[] = {v8::String::NewFromUtf8Literal(isolate_, "default"), value};
  return v8::Array::New(isolate_, exports, 2);
}

v8::MaybeLocal<v8::Value> ModuleLoader::makeValue(v8::Local<v8::Context> context,
                                                  const Record& record) {
  const std::string& content = record.source.content;
  v8::Local<v8::String> text;
  switch (record.source.kind) {
    case AppSource::Kind::kText:
      if (!jsString(isolate_, content).ToLocal(&text)) return {};
      return text;
    case AppSource::Kind::kJson:
      if (!jsString(isolate_, content).ToLocal(&text)) return {};
      return v8::JSON::Parse(context, text);
    case AppSource::Kind::kWasm:
      return compileWasm(record);
    case AppSource::Kind::kData: {
      v8::Local<v8::ArrayBuffer> buffer;
      if (!v8::ArrayBuffer::MaybeNew(isolate_, content.size()).ToLocal(&buffer)) {
        throwTypeError(isolate_, record.source.path + " does not fit into the app's memory");
        return {};
      }
      if (!content.empty()) memcpy(buffer->Data(), content.data(), content.size());
      return buffer;
    }
    case AppSource::Kind::kEsModule:
    case AppSource::Kind::kBuiltin:
    case AppSource::Kind::kScript:
    case AppSource::Kind::kSourceMap:
      break;
  }
  throwTypeError(isolate_, record.source.path + " is no module: it exports nothing");
  return {};
}

v8::MaybeLocal<v8::Value> ModuleLoader::compileWasm(const Record& record) {
  if (declaresSharedMemory(record.source.content)) {
    throwTypeError(isolate_, record.source.path + " has a shared memory, which is not available");
    return {};
  }
  v8::Local<v8::WasmModuleObject> object;
  if (!compileOwnWasm(isolate_, record.source.content).ToLocal(&object)) return {};
  return object.As<v8::Value>();
}

bool ModuleLoader::resolveImports(Record& record) {
  record.imports.clear();
  v8::Local<v8::Module> module = record.module.Get(isolate_);
  if (module->IsSyntheticModule()) return record.resolved = true;
  v8::Local<v8::FixedArray> requests = module->GetModuleRequests();
  for (int i = 0; i < requests->Length(); ++i) {
    auto request = requests->Get(i).As<v8::ModuleRequest>();
    Import import =
        readImport(isolate_, request->GetSpecifier(), request->GetImportAttributes(), 3);
    import.referrer = record.source.path;
    auto found = find(import);
    if (auto** target = std::get_if<Record*>(&found)) {
      record.imports.push_back(*target);
      continue;
    }
    v8::Location place = module->SourceOffsetToLocation(request->GetSourceOffset());
    refusal_.file = record.source.path;
    refusal_.line = static_cast<uint32_t>(place.GetLineNumber() + 1);
    refusal_.column = static_cast<uint32_t>(place.GetColumnNumber() + 1);
    refusal_.sourceLine = excerptOfLine(record.source.content, refusal_.line, refusal_.column);
    throwTypeError(isolate_, std::get<std::string>(found));
    return false;
  }
  return record.resolved = true;
}

ModuleLoader::Import ModuleLoader::readImport(v8::Isolate* isolate, v8::Local<v8::String> specifier,
                                              v8::Local<v8::FixedArray> attributes, int entrySize) {
  Import import;
  import.specifier = boundedUtf8(isolate, specifier, kMaxSpecifierBytes);
  for (int i = 0; i + 1 < attributes->Length(); i += entrySize) {
    const std::string key =
        boundedUtf8(isolate, attributes->Get(i).As<v8::String>(), kMaxSpecifierBytes);
    std::string value =
        boundedUtf8(isolate, attributes->Get(i + 1).As<v8::String>(), kMaxSpecifierBytes);
    if (key == "type") {
      import.type = std::move(value);
    } else {
      import.unknownAttribute = key;
    }
  }
  return import;
}

std::variant<ModuleLoader::Record*, std::string> ModuleLoader::find(const Import& import) {
  Record* found = libraryModule(import.specifier);
  if (found == nullptr) {
    auto resolved = resolveImport(import.specifier, import.referrer);
    if (auto* refused = std::get_if<RefusedImport>(&resolved)) return std::move(refused->reason);
    const std::string& path = std::get<std::string>(resolved);
    const auto file = records_.find(path);
    if (file == records_.end()) return missingFile(import.specifier, path);
    found = file->second.get();
  }
  if (!import.unknownAttribute.empty()) {
    return "the import attribute \"" + import.unknownAttribute + "\" is not known";
  }
  const AppSource::Kind kind = found->source.kind;
  const bool fits = import.type.empty() ||
                    (import.type == "json" && kind == AppSource::Kind::kJson) ||
                    (import.type == "text" && kind == AppSource::Kind::kText);
  if (!fits) return "\"" + import.specifier + "\" is not of the type \"" + import.type + "\"";
  if (kind == AppSource::Kind::kWasm && webAssembly_ == WebAssembly::kRefused) {
    return "\"" + import.specifier +
           "\" cannot be loaded: this app runs with the code profile jitless, which has no "
           "WebAssembly";
  }
  return found;
}

std::string ModuleLoader::missingFile(const std::string& specifier, const std::string& path) const {
  const std::string reason = "\"" + specifier + "\" is not a file of this app";
  for (const char* ending : {".js", ".mjs", "/index.js"}) {
    if (records_.contains(path + ending)) {
      return reason + ": did you mean \"" + specifier + ending + "\"?";
    }
  }
  return reason;
}

ModuleLoader::Record* ModuleLoader::libraryModule(const std::string& specifier) {
  Host* host = Host::of(isolate_);
  const ModuleLibrary* library = host == nullptr ? nullptr : host->moduleLibrary();
  if (library == nullptr) return nullptr;
  const std::string name = nodeModuleName(specifier);
  if (!library->has(name)) return nullptr;
  const auto known = records_.find(name);
  if (known != records_.end()) return known->second.get();
  builtins_.push_back({name, AppSource::Kind::kBuiltin, {}});
  auto record = std::make_unique<Record>(builtins_.back());
  return records_.emplace(builtins_.back().path, std::move(record)).first->second.get();
}

ModuleLoader::Record* ModuleLoader::recordOf(v8::Local<v8::Module> module) {
  auto [begin, end] = byHash_.equal_range(module->GetIdentityHash());
  for (auto it = begin; it != end; ++it) {
    if (it->second->module == module) return it->second;
  }
  return nullptr;
}

v8::MaybeLocal<v8::Module> ModuleLoader::onResolve(v8::Local<v8::Context> context, size_t index,
                                                   v8::Local<v8::Module> referrer) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  ModuleLoader* loader = of(isolate);
  Record* record = loader == nullptr ? nullptr : loader->recordOf(referrer);
  if (record == nullptr || index >= record->imports.size()) {
    throwTypeError(isolate, "an import was not resolved");
    return {};
  }
  static_cast<void>(context);
  return record->imports[index]->module.Get(isolate);
}

v8::MaybeLocal<v8::Value> ModuleLoader::onEvaluateSynthetic(v8::Local<v8::Context> context,
                                                            v8::Local<v8::Module> module) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  Record* record = of(isolate)->recordOf(module);
  v8::Local<v8::Promise::Resolver> resolver;
  if (record == nullptr || !v8::Promise::Resolver::New(context).ToLocal(&resolver) ||
      !setExports(context, module, record->exports.Get(isolate)) ||
      !resolver->Resolve(context, v8::Undefined(isolate)).FromMaybe(false)) {
    return {};
  }
  record->exports.Reset();
  return resolver->GetPromise();
}

v8::MaybeLocal<v8::Promise> ModuleLoader::onDynamicImport(v8::Local<v8::Context> context,
                                                          v8::Local<v8::Data>,
                                                          v8::Local<v8::Value> resourceName,
                                                          v8::Local<v8::String> specifier,
                                                          v8::Local<v8::FixedArray> attributes) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  v8::EscapableHandleScope scope(isolate);
  ModuleLoader* loader = of(isolate);
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return {};
  std::string refusal = "import() has no modules here";
  if (loader != nullptr && resourceName->IsString()) {
    Import import = readImport(isolate, specifier, attributes, 2);
    const std::string referrer =
        boundedUtf8(isolate, resourceName.As<v8::String>(), kMaxSpecifierBytes);
    import.referrer = referrer;
    auto found = loader->find(import);
    if (auto** record = std::get_if<Record*>(&found)) {
      v8::Local<v8::String> path;
      v8::Local<v8::Function> evaluate;
      v8::Local<v8::Promise> promise;
      if (!jsString(isolate, (*record)->source.path).ToLocal(&path) ||
          !v8::Function::New(context, onEvaluateImported, path).ToLocal(&evaluate) ||
          !resolver->Resolve(context, v8::Undefined(isolate)).FromMaybe(false) ||
          !resolver->GetPromise()->Then(context, evaluate).ToLocal(&promise)) {
        return {};
      }
      return scope.Escape(promise);
    }
    refusal = std::move(std::get<std::string>(found));
  }
  v8::Local<v8::String> message;
  if (!jsString(isolate, refusal).ToLocal(&message) ||
      !resolver->Reject(context, v8::Exception::TypeError(message)).FromMaybe(false)) {
    return {};
  }
  return scope.Escape(resolver->GetPromise());
}

void ModuleLoader::onEvaluateImported(const v8::FunctionCallbackInfo<v8::Value>& info) {
  v8::Isolate* isolate = info.GetIsolate();
  v8::Local<v8::Context> context = isolate->GetCurrentContext();
  ModuleLoader* loader = of(isolate);
  if (loader == nullptr) return;
  const std::string path = boundedUtf8(isolate, info.Data().As<v8::String>(), kMaxSpecifierBytes);
  Linked linked = loader->link(context, *loader->records_.at(path));
  if (auto* failure = std::get_if<Failure>(&linked)) {
    isolate->ThrowException(failure->thrown);
    return;
  }
  auto module = std::get<v8::Local<v8::Module>>(linked);
  v8::Local<v8::Value> evaluated;
  v8::Local<v8::Function> toNamespace;
  v8::Local<v8::Promise> promise;
  if (!module->Evaluate(context).ToLocal(&evaluated) ||
      !v8::Function::New(context, returnData, module->GetModuleNamespace()).ToLocal(&toNamespace) ||
      !evaluated.As<v8::Promise>()->Then(context, toNamespace).ToLocal(&promise)) {
    return;
  }
  info.GetReturnValue().Set(promise);
}

void ModuleLoader::onImportMeta(v8::Local<v8::Context> context, v8::Local<v8::Module> module,
                                v8::Local<v8::Object> meta) {
  v8::Isolate* isolate = v8::Isolate::GetCurrent();
  ModuleLoader* loader = of(isolate);
  Record* record = loader == nullptr ? nullptr : loader->recordOf(module);
  v8::Local<v8::String> url;
  if (record == nullptr || !jsString(isolate, "file:///" + record->source.path).ToLocal(&url)) {
    return;
  }
  // Nothing is to be done when it fails: V8 is being stopped.
  static_cast<void>(
      meta->CreateDataProperty(context, v8::String::NewFromUtf8Literal(isolate, "url"), url)
          .FromMaybe(false));
}

bool ModuleLoader::onWasmCodeGeneration(v8::Local<v8::Context>, v8::Local<v8::String>) {
  ModuleLoader* loader = of(v8::Isolate::GetCurrent());
  return isCompilingOwnWasm() || (loader != nullptr && loader->source_.codegen);
}

}  // namespace nano
