#include "snapshot/builtin_graph.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "snapshot/op_table.h"

namespace nano {

namespace {

bool contains(const std::vector<std::string>& list, const std::string& item) {
  return std::find(list.begin(), list.end(), item) != list.end();
}

class Loader final {
 public:
  explicit Loader(const std::filesystem::path& folder) : folder_(folder) {}

  std::variant<std::vector<BuiltinFile>, SnapshotError> run() {
    if (!load("main.js")) return SnapshotError{error_};
    markEager("main.js");
    return std::move(files_);
  }

 private:
  bool fail(std::string error) {
    error_ = std::move(error);
    return false;
  }

  bool load(const std::string& name) {
    std::ifstream stream(folder_ / name);
    if (!stream.is_open()) return fail(name + ": there is no such built-in module");
    std::ostringstream source;
    source << stream.rdbuf();
    auto parsed = BuiltinModule::parse(name, source.str());
    if (auto* error = std::get_if<SnapshotError>(&parsed)) return fail(error->message);

    BuiltinFile file{name, std::get<BuiltinModule>(std::move(parsed)), {}, true};
    loading_.push_back(name);
    for (const auto& import : file.module.imports) {
      if (!follow(file, import)) return false;
    }
    loading_.pop_back();
    files_.push_back(std::move(file));
    return true;
  }

  bool follow(BuiltinFile& file, const BuiltinModule::Import& import) {
    const std::string where = file.name + ":" + std::to_string(import.line) + ": ";
    std::string target(kOpsModule);
    if (import.specifier != kOpsModule) {
      const auto path = std::filesystem::path(file.name).parent_path() / import.specifier;
      target = path.lexically_normal().string();
      if (!import.specifier.starts_with('.') || target.starts_with("..")) {
        return fail(where + "a built-in imports only './file.js' and 'nano:ops'");
      }
      if (contains(loading_, target)) return fail(where + "this import closes a cycle");
      if (find(target) == nullptr && !load(target)) return false;
    }
    for (const auto& name : import.names) {
      if (!exports(target, name)) {
        return fail(where + "'" + import.specifier + "' does not export '" + name + "'");
      }
    }
    file.imported.push_back(target);
    return true;
  }

  // What is imported without `defer` by what runs, runs.
  void markEager(const std::string& name) {
    BuiltinFile* file = find(name);
    if (file == nullptr || !file->deferred) return;
    file->deferred = false;
    for (size_t i = 0; i < file->imported.size(); ++i) {
      if (!file->module.imports[i].deferred) markEager(file->imported[i]);
    }
  }

  BuiltinFile* find(const std::string& name) {
    const auto found = std::find_if(files_.begin(), files_.end(),
                                    [&name](const BuiltinFile& file) { return file.name == name; });
    return found == files_.end() ? nullptr : &*found;
  }

  bool exports(const std::string& target, const std::string& name) {
    if (target != kOpsModule) return contains(find(target)->module.exports, name);
    const auto ops = allOps();
    return std::any_of(ops.begin(), ops.end(), [&name](const Op& op) { return name == op.name; });
  }

  const std::filesystem::path& folder_;
  std::vector<BuiltinFile> files_;
  std::vector<std::string> loading_;
  std::string error_;
};

}  // namespace

std::variant<std::vector<BuiltinFile>, SnapshotError> loadBuiltins(
    const std::filesystem::path& folder) {
  return Loader(folder).run();
}

}  // namespace nano
