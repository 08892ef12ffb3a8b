#include "snapshot/builder.h"

#include <algorithm>
#include <map>
#include <memory>
#include <sstream>
#include <vector>

#include <kj/debug.h>
#include <v8.h>

#include "snapshot/builtin_graph.h"
#include "snapshot/deferred_module.h"
#include "snapshot/entry_points.h"
#include "snapshot/op_table.h"
#include "snapshot/plain_text.h"
#include "snapshot/shared_source.h"
#include "snapshot/snapshot_cache.h"

namespace nano {

namespace {

// Runs at build time only, on JavaScript of ours: ToLocalChecked() and Check() may end the process.

std::string toText(v8::Isolate* isolate, v8::Local<v8::Value> value) {
  const v8::String::Utf8Value text(isolate, value);
  return *text == nullptr ? "(no text)" : std::string(*text, text.length());
}

// "file:line: message", and the stack where there is one.
std::string describe(v8::Isolate* isolate, v8::Local<v8::Context> context,
                     const v8::TryCatch& tryCatch) {
  std::ostringstream text;
  const auto message = tryCatch.Message();
  if (!message.IsEmpty()) {
    text << toText(isolate, message->GetScriptResourceName()) << ":"
         << message->GetLineNumber(context).FromMaybe(0) << ": ";
  }
  text << toText(isolate, tryCatch.Exception());
  v8::Local<v8::Value> stack;
  if (tryCatch.StackTrace(context).ToLocal(&stack) && stack->IsString()) {
    text << "\n" << toText(isolate, stack);
  }
  return text.str();
}

// What the first request of an app runs. It is compiled into the snapshot as a whole: that takes
// 0.7 ms from the request and adds it to the making of an isolate, which nobody waits for
// (README.md). The rest is compiled when it is called first.
constexpr std::string_view kEagerFiles[] = {
    "body.js",    "dispatch.js", "env.js", "execution_context.js", "header_list.js", "headers.js",
    "request.js", "response.js", "url.js", "url_search_params.js", "wasm.js",        "webidl.js",
};

bool isAscii(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return (c & 0x80) == 0; });
}

// What V8 gets of a file.
std::vector<BuiltinFile> withPlainTexts(std::vector<BuiltinFile> files) {
  for (auto& file : files)
    file.module.body = plainText(file.module.body);
  return files;
}

// Texts stay outside V8's heap, but for the few that have other characters than ASCII. What runs
// late is compressed.
class FileTexts final {
 public:
  explicit FileTexts(const std::vector<BuiltinFile>& files) {
    for (const auto& file : files) {
      if (file.deferred || !isAscii(file.module.body)) continue;
      shared_.plain.emplace_back(file.module.body);
      dictionary_ += file.module.body;
    }
    for (const auto& file : files) {
      if (file.deferred)
        compressed_.push_back(DeferredModule::compress(file.module.body, dictionary_));
    }
    shared_.compressed.assign(compressed_.begin(), compressed_.end());
    shared_.dictionary = dictionary_;
  }
  FileTexts(const FileTexts&) = delete;
  FileTexts& operator=(const FileTexts&) = delete;

  // Of the files and of this.
  const SharedTexts& shared() const { return shared_; }

 private:
  std::string dictionary_;
  std::vector<std::string> compressed_;
  SharedTexts shared_;
};

// One build: an isolate under SnapshotCreator, in which the files are run in their order.
class Build final {
 public:
  explicit Build(const std::vector<BuiltinFile>& files)
      : files_(files),
        texts_(files),
        sources_(texts_.shared()),
        allocator_(v8::ArrayBuffer::Allocator::NewDefaultAllocator()),
        creator_(params()),
        isolate_(creator_.GetIsolate()) {
    isolate_->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
    isolate_->SetData(kRegistrationIsolateSlot, &registered_);
  }

  // The error, or empty.
  std::string run() {
    const v8::HandleScope handles(isolate_);
    const auto context = v8::Context::New(isolate_, nullptr, globalTemplate());
    std::string error;
    {
      const v8::Context::Scope entered(context);
      const v8::TryCatch tryCatch(isolate_);
      hideGlobalConstructor(context);
      if (!runFiles(context)) {
        error = describe(isolate_, context, tryCatch);
      } else {
        error = addEntryPoints(context);
      }
    }
    registered_.Reset();
    // No tenant makes code from text: each snapshot says so for all of them.
    context->AllowCodeGenerationFromStrings(false);
    creator_.SetDefaultContext(context);
    return error;
  }

  std::string freeze() {
    isolate_->SetData(kRegistrationIsolateSlot, nullptr);
    const auto blob = creator_.CreateBlob(v8::SnapshotCreator::FunctionCodeHandling::kKeep);
    const std::unique_ptr<const char[]> owned(blob.data);
    KJ_REQUIRE(blob.data != nullptr, "V8 could not make a snapshot");
    KJ_REQUIRE(blob.CanBeRehashed(), "every process must get a hash seed of its own");
    return SnapshotCache::encode({blob.data, static_cast<size_t>(blob.raw_size)}, texts_.shared());
  }

 private:
  v8::Isolate::CreateParams params() const {
    v8::Isolate::CreateParams params;
    params.array_buffer_allocator = allocator_.get();
    params.external_references = sources_.references();
    return params;
  }

  // The global's prototypes stay what they are, as Web IDL says of a global.
  v8::Local<v8::ObjectTemplate> globalTemplate() const {
    const auto constructor = v8::FunctionTemplate::New(isolate_);
    constructor->PrototypeTemplate()->SetImmutableProto();
    const auto global = constructor->InstanceTemplate();
    global->SetImmutableProto();
    return global;
  }

  // What makes another object like the global is nobody's: `globalThis.constructor` is Object.
  void hideGlobalConstructor(v8::Local<v8::Context> context) const {
    const auto name = v8::String::NewFromUtf8Literal(isolate_, "constructor");
    const auto prototype = context->Global()->GetPrototypeV2().As<v8::Object>();
    const auto object = v8::Object::New(isolate_)->Get(context, name).ToLocalChecked();
    prototype->DefineOwnProperty(context, name, object, v8::DontEnum).Check();
  }

  // False: an exception is pending.
  bool runFiles(v8::Local<v8::Context> context) {
    exports_[std::string(kOpsModule)] = makeOps(context).ToLocalChecked();
    size_t plain = 0;
    size_t late = 0;
    for (const auto& file : files_) {
      v8::Local<v8::String> source;
      if (file.deferred || isAscii(file.module.body)) {
        auto* shared = file.deferred ? sources_.compressed(late++) : sources_.plain(plain++);
        source = v8::String::NewExternalOneByte(isolate_, shared).ToLocalChecked();
      } else {
        source = string(file.module.body);
      }
      const auto modules = modulesOf(context, file);
      if (file.deferred) {
        const auto number =
            DeferredModule::make(context, string("nano:" + file.name), source, modules);
        deferred_[file.name] = {number,
                                DeferredModule::makeNamespace(context, file.module, number)};
        continue;
      }
      v8::Local<v8::Value> result;
      if (!runFile(context, file.name, source, modules).ToLocal(&result)) return false;
      exports_[file.name] = result.As<v8::Object>();
    }
    isolate_->PerformMicrotaskCheckpoint();
    exports_.clear();
    deferred_.clear();
    return true;
  }

  // What the function of a file is called with: by specifier, the exports of other files.
  v8::Local<v8::Object> modulesOf(v8::Local<v8::Context> context, const BuiltinFile& file) {
    const auto modules = v8::Object::New(isolate_, v8::Null(isolate_), nullptr, nullptr, 0);
    for (size_t i = 0; i < file.imported.size(); ++i) {
      const auto& import = file.module.imports[i];
      const auto prefix = import.deferred ? BuiltinModule::kDeferredPrefix : std::string_view();
      const auto specifier = string(std::string(prefix) + import.specifier);
      const auto found = deferred_.find(file.imported[i]);
      if (found == deferred_.end()) {
        modules->Set(context, specifier, exports_.at(file.imported[i])).Check();
      } else if (import.deferred) {
        modules->Set(context, specifier, found->second.space).Check();
      } else {
        DeferredModule::addExports(context, modules, specifier, found->second.number);
      }
    }
    return modules;
  }

  v8::MaybeLocal<v8::Value> runFile(v8::Local<v8::Context> context, const std::string& name,
                                    v8::Local<v8::String> text, v8::Local<v8::Object> modules) {
    const bool eager =
        std::find(std::begin(kEagerFiles), std::end(kEagerFiles), name) != std::end(kEagerFiles);
    v8::ScriptCompiler::Source source(text, v8::ScriptOrigin(string("nano:" + name)));
    v8::Local<v8::String> parameters[] = {string(std::string(BuiltinModule::kModulesParameter))};
    v8::Local<v8::Function> function;
    if (!v8::ScriptCompiler::CompileFunction(
             context, &source, 1, parameters, 0, nullptr,
             eager ? v8::ScriptCompiler::kEagerCompile : v8::ScriptCompiler::kNoCompileOptions)
             .ToLocal(&function)) {
      return {};
    }
    v8::Local<v8::Value> arguments[] = {modules};
    return function->Call(context, v8::Undefined(isolate_), 1, arguments);
  }

  std::string addEntryPoints(v8::Local<v8::Context> context) {
    if (registered_.IsEmpty()) return "main.js: nothing called registerEntryPoints()";
    const auto registered = registered_.Get(isolate_);
    for (size_t i = 0; i < kEntryPointNames.size(); ++i) {
      v8::Local<v8::Value> function;
      if (!registered->Get(context, string(kEntryPointNames[i])).ToLocal(&function) ||
          !function->IsFunction()) {
        return std::string("main.js: registerEntryPoints() got no function ") + kEntryPointNames[i];
      }
      KJ_ASSERT(creator_.AddData(context, function) == i);
    }
    return {};
  }

  v8::Local<v8::String> string(const std::string& text) {
    return v8::String::NewFromUtf8(isolate_, text.data(), v8::NewStringType::kNormal,
                                   static_cast<int>(text.size()))
        .ToLocalChecked();
  }

  const std::vector<BuiltinFile>& files_;
  FileTexts texts_;
  SharedSources sources_;
  std::unique_ptr<v8::ArrayBuffer::Allocator> allocator_;
  v8::SnapshotCreator creator_;
  v8::Isolate* isolate_;
  v8::Global<v8::Object> registered_;

  struct Deferred {
    v8::Local<v8::Integer> number;
    v8::Local<v8::Object> space;  // What `import defer` gives; one for all.
  };
  // By file, while the files are run: what it exports, or that it runs later.
  std::map<std::string, v8::Local<v8::Object>> exports_;
  std::map<std::string, Deferred> deferred_;
};

}  // namespace

std::variant<std::string, SnapshotError> buildSnapshot(const std::filesystem::path& jsFolder) {
  auto loaded = loadBuiltins(jsFolder);
  if (const auto* error = std::get_if<SnapshotError>(&loaded)) return *error;
  const auto files = withPlainTexts(std::get<std::vector<BuiltinFile>>(std::move(loaded)));
  Build build(files);
  std::string error = build.run();
  std::string file = build.freeze();  // V8 insists on it even after an error.
  if (!error.empty()) return SnapshotError{std::move(error)};
  return file;
}

}  // namespace nano
