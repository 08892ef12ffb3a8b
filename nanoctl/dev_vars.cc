#include "nanoctl/dev_vars.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "nanoctl/files.h"

namespace nano {

namespace {

constexpr std::string_view kSpaces = " \t\r\f\v";

bool isNameByte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '$';
}

// As nanod takes them: JavaScript's identifiers of ASCII.
bool isName(std::string_view text) {
  return !text.empty() && !(text[0] >= '0' && text[0] <= '9') &&
         std::all_of(text.begin(), text.end(), isNameByte);
}

std::string_view trimmed(std::string_view text) {
  size_t first = text.find_first_not_of(kSpaces);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpaces) - first + 1);
}

void replaceAll(std::string& text, std::string_view from, std::string_view to) {
  for (size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size())
    text.replace(at, from.size(), to);
}

// Goes through the text variable by variable, by the rules of npm's `dotenv`. What that would take
// for something else than it looks like (a quote that is not closed) is a failure here.
class DotenvReader final {
 public:
  DotenvReader(std::string_view file, std::string_view text) : file_(file), rest_(text) {
    constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
    if (rest_.starts_with(kByteOrderMark)) rest_.remove_prefix(kByteOrderMark.size());
  }

  Result<DevVars> read() {
    DevVars read{std::string(file_), {}};
    while (!rest_.empty()) {
      auto taken = takeVariable(read);
      if (!taken.ok()) return taken.failure();
    }
    return read;
  }

 private:
  Failure failure(int line, const std::string& what) const {
    return Failure{std::string(file_) + ":" + std::to_string(line) + ": " + what};
  }

  // What is left of this line, without its end.
  std::string_view line() const { return rest_.substr(0, rest_.find('\n')); }

  // Goes on behind `bytes` bytes.
  void skip(size_t bytes) {
    bytes = std::min(bytes, rest_.size());
    line_ += static_cast<int>(std::count(rest_.begin(), rest_.begin() + bytes, '\n'));
    rest_.remove_prefix(bytes);
  }

  Result<Done> takeVariable(DevVars& read) {
    std::string_view whole = line();
    std::string_view text = trimmed(whole);
    if (text.empty() || text[0] == '#') {
      skip(whole.size() + 1);
      return Done{};
    }
    constexpr std::string_view kExport = "export";
    if (text.starts_with(kExport) && text.size() > kExport.size() &&
        kSpaces.find(text[kExport.size()]) != std::string_view::npos) {
      text = trimmed(text.substr(kExport.size()));
    }
    size_t equals = text.find('=');
    // Nothing of the line itself is shown: it may be a part of a secret.
    if (equals == std::string_view::npos) {
      return failure(line_,
                     "there is no `=`: a line is NAME=VALUE, or a comment that begins with #");
    }
    std::string name(trimmed(text.substr(0, equals)));
    if (!isName(name)) {
      return failure(line_,
                     "what stands before `=` cannot be a variable's name: use letters, digits, _ "
                     "and $, and begin with no digit; a value of many lines needs quotes");
    }
    skip(whole.find('=') + 1);
    auto value = takeValue(name);
    if (!value.ok()) return value.failure();
    std::erase_if(read.vars, [&name](const auto& other) { return other.first == name; });
    read.vars.emplace_back(std::move(name), std::move(value.value()));
    return Done{};
  }

  Result<std::string> takeValue(const std::string& name) {
    std::string_view whole = line();
    size_t first = whole.find_first_not_of(kSpaces);
    const char quote = first == std::string_view::npos ? '\0' : whole[first];
    if (quote == '"' || quote == '\'' || quote == '`') {
      skip(first + 1);
      return takeQuoted(name, quote);
    }
    skip(whole.size() + 1);
    return std::string(trimmed(whole.substr(0, whole.find('#'))));
  }

  // To the closing quote, on whichever line it is. Behind it a comment may stand.
  Result<std::string> takeQuoted(const std::string& name, char quote) {
    size_t end = 0;
    while (end < rest_.size() && rest_[end] != quote)
      end += rest_[end] == '\\' && end + 1 < rest_.size() && rest_[end + 1] == quote ? 2 : 1;
    if (end >= rest_.size()) {
      return failure(line_,
                     "the value of " + name + " begins with " + quote + ", and nothing closes it");
    }
    std::string value(rest_.substr(0, end));
    skip(end + 1);
    std::string_view behind = trimmed(line());
    if (!behind.empty() && behind[0] != '#') {
      return failure(line_, "behind the closing " + std::string(1, quote) + " of " + name +
                                " there is more: put the whole value into other quotes");
    }
    skip(line().size() + 1);
    replaceAll(value, "\r\n", "\n");
    if (quote == '"') {
      replaceAll(value, "\\n", "\n");
      replaceAll(value, "\\r", "\r");
    }
    return value;
  }

  std::string_view file_;
  std::string_view rest_;
  int line_ = 1;
};

}  // namespace

std::string devVarsFile(const std::string& folder) {
  for (const char* name : {".dev.vars", ".env"}) {
    if (fileExists(folder + "/" + name)) return name;
  }
  return {};
}

Result<DevVars> readDevVars(const std::string& folder) {
  const std::string file = devVarsFile(folder);
  if (file.empty()) return DevVars();
  auto text = readFile(folder + "/" + file);
  if (!text.ok()) return text.failure();
  return DotenvReader(file, text.value()).read();
}

std::string namesOf(const DevVars& read) {
  std::string names;
  for (auto& [name, value] : read.vars)
    names.append(names.empty() ? "" : ", ").append(name);
  return names;
}

}  // namespace nano
