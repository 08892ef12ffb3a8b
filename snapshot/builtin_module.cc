#include "snapshot/builtin_module.h"

#include <algorithm>
#include <optional>
#include <regex>

namespace nano {

namespace {

// `name as alias`, or twice the same.
struct Binding {
  std::string name;
  std::string alias;
};

std::optional<std::vector<Binding>> parseBindings(const std::string& list) {
  static const std::regex kComment(R"(//[^\n]*|/\*[^*]*\*/)");
  static const std::regex kBinding(R"(\s*([\w$]+)(?:\s+as\s+([\w$]+))?\s*)");
  const std::string text = std::regex_replace(list, kComment, "");
  std::vector<Binding> bindings;
  size_t start = 0;
  while (start < text.size()) {
    const size_t end = std::min(text.find(',', start), text.size());
    const std::string part = text.substr(start, end - start);
    start = end + 1;
    if (part.find_first_not_of(" \t\r\n") == std::string::npos) continue;
    std::smatch match;
    if (!std::regex_match(part, match, kBinding)) return std::nullopt;
    bindings.push_back({match[1], match[2].matched ? match[2] : match[1]});
  }
  return bindings;
}

// Reads one module from start to end.
class Parser final {
 public:
  Parser(std::string_view file, std::string_view source) : file_(file), source_(source) {}

  std::variant<BuiltinModule, SnapshotError> run() {
    module_.body = "'use strict';";
    while (at_ < source_.size() && error_.empty()) {
      if (startsWith("import")) {
        importStatement();
      } else if (startsWith("export")) {
        exportStatement();
      }
      copyLine();
    }
    if (!error_.empty()) return SnapshotError{error_};
    module_.body += "\nreturn { __proto__: null" + returned_ + " };";
    return std::move(module_);
  }

 private:
  // Whether a statement of this keyword begins here, in column one.
  bool startsWith(std::string_view keyword) const {
    const auto rest = source_.substr(at_);
    if (!rest.starts_with(keyword) || rest.size() == keyword.size()) return false;
    return std::string_view(" \t{'\"*").find(rest[keyword.size()]) != std::string_view::npos;
  }

  void copyLine() {
    const size_t end = std::min(source_.find('\n', at_), source_.size() - 1) + 1;
    module_.body += source_.substr(at_, end - at_);
    line_ += static_cast<int>(std::count(source_.begin() + at_, source_.begin() + end, '\n'));
    at_ = end;
  }

  // Takes the statement up to its ';', and puts `replacement` and as many line ends in its place.
  std::string statement() const {
    const size_t end = source_.find(';', at_);
    if (end == std::string_view::npos) return {};
    return std::string(source_.substr(at_, end + 1 - at_));
  }
  void replace(const std::string& statement, const std::string& replacement) {
    const auto lines = std::count(statement.begin(), statement.end(), '\n');
    module_.body += replacement + std::string(lines, '\n');
    line_ += static_cast<int>(lines);
    at_ += statement.size();
  }

  void importStatement() {
    static const std::regex kNames(R"(import\s*\{([^}]*)\}\s*from\s*['"]([^'"]+)['"]\s*;)");
    static const std::regex kNamespace(
        R"(import\s*\*\s*as\s+([\w$]+)\s+from\s*['"]([^'"]+)['"]\s*;)");
    static const std::regex kDeferred(
        R"(import\s+defer\s*\*\s*as\s+([\w$]+)\s+from\s*['"]([^'"]+)['"]\s*;)");
    static const std::regex kNothing(R"(import\s*['"]([^'"]+)['"]\s*;)");
    const std::string text = statement();
    std::smatch match;
    if (std::regex_match(text, match, kNames)) {
      const auto bindings = parseBindings(match[1]);
      if (!bindings) return fail("cannot read the names of this import");
      std::string names;
      BuiltinModule::Import import{match[2], line_, {}, false};
      for (const auto& [name, alias] : *bindings) {
        import.names.push_back(name);
        if (!names.empty()) names += ", ";
        names += name;
        if (name != alias) names.append(": ").append(alias);
      }
      replace(text, "const { " + names + " } = " + exportsOf(import.specifier) + ";");
      module_.imports.push_back(std::move(import));
    } else if (std::regex_match(text, match, kNamespace)) {
      module_.imports.push_back({match[2], line_, {}, false});
      replace(text, "const " + match[1].str() + " = " + exportsOf(match[2]) + ";");
    } else if (std::regex_match(text, match, kDeferred)) {
      module_.imports.push_back({match[2], line_, {}, true});
      const std::string key = std::string(BuiltinModule::kDeferredPrefix) + match[2].str();
      replace(text, "const " + match[1].str() + " = " + exportsOf(key) + ";");
    } else if (std::regex_match(text, match, kNothing)) {
      module_.imports.push_back({match[1], line_, {}, false});
      replace(text, "");
    } else {
      fail("a built-in cannot import in this form");
    }
  }

  void exportStatement() {
    static const std::regex kDeclaration(
        R"(export\s+(?:async\s+function|function|class|const)\s*\*?\s*([\w$]+))");
    static const std::regex kNames(R"(export\s*\{([^}]*)\}\s*(?:from\s*['"]([^'"]+)['"]\s*)?;)");
    const std::string text = statement();
    const std::string line(source_.substr(at_, source_.find('\n', at_) - at_));
    std::smatch match;
    if (std::regex_search(line, match, kDeclaration, std::regex_constants::match_continuous)) {
      addExport(match[1], match[1]);
      replace("export", "      ");
    } else if (std::regex_match(text, match, kNames)) {
      const auto bindings = parseBindings(match[1]);
      if (!bindings) return fail("cannot read the names of this export");
      exportNames(*bindings, match[2]);
      replace(text, "");
    } else {
      fail("a built-in cannot export in this form");
    }
  }

  void exportNames(const std::vector<Binding>& bindings, const std::string& from) {
    if (!from.empty()) module_.imports.push_back({from, line_, {}, false});
    for (const auto& [name, alias] : bindings) {
      if (from.empty()) {
        addExport(alias, name);
      } else {
        module_.imports.back().names.push_back(name);
        addExport(alias, exportsOf(from) + "." + name);
      }
    }
  }

  void addExport(const std::string& name, const std::string& value) {
    module_.exports.push_back(name);
    returned_ += ", " + name + (name == value ? "" : ": " + value);
  }

  static std::string exportsOf(const std::string& specifier) {
    return std::string(BuiltinModule::kModulesParameter) + "['" + specifier + "']";
  }

  void fail(const std::string& text) {
    error_ = std::string(file_) + ":" + std::to_string(line_) + ": " + text;
  }

  std::string_view file_;
  std::string_view source_;
  size_t at_ = 0;
  int line_ = 1;
  std::string returned_;
  std::string error_;
  BuiltinModule module_;
};

}  // namespace

std::variant<BuiltinModule, SnapshotError> BuiltinModule::parse(std::string_view file,
                                                                std::string_view source) {
  return Parser(file, source).run();
}

}  // namespace nano
