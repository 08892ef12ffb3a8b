#include "supervisor/header_parameters.h"

#include <algorithm>

namespace nano {
namespace {

// tchar of RFC 9110 5.6.2.
bool isTokenByte(char c) {
  bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return alphanumeric ||
         (c != '\0' && std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos);
}

char lowerCase(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

class Scanner final {
 public:
  explicit Scanner(std::string_view text) : rest_(text) {}

  bool atEnd() const { return rest_.empty(); }
  void skipSpaces() {
    while (!rest_.empty() && (rest_[0] == ' ' || rest_[0] == '\t'))
      rest_.remove_prefix(1);
  }
  bool take(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // As sent; empty when there is none. A media type has one '/' between two tokens.
  std::string token(bool (*isMember)(char)) {
    auto end = std::find_if_not(rest_.begin(), rest_.end(), isMember);
    std::string result(rest_.begin(), end);
    rest_.remove_prefix(result.size());
    return result;
  }
  // After the opening quote. Only '"' and '\' are ever escaped: anything else after a backslash is
  // a client's file name that was not escaped at all, and would be read wrongly.
  std::optional<std::string> quotedString() {
    std::string result;
    while (!rest_.empty()) {
      char c = rest_[0];
      rest_.remove_prefix(1);
      if (c == '"') return result;
      if (c == '\\') {
        if (rest_.empty() || (rest_[0] != '"' && rest_[0] != '\\')) return std::nullopt;
        c = rest_[0];
        rest_.remove_prefix(1);
      }
      if ((static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f) return std::nullopt;
      result += c;
    }
    return std::nullopt;
  }

 private:
  std::string_view rest_;
};

bool isMediaTypeByte(char c) { return c == '/' || isTokenByte(c); }

std::string inLowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), lowerCase);
  return text;
}

// After the ';'.
std::optional<std::pair<std::string, std::string>> parameter(Scanner& scanner) {
  scanner.skipSpaces();
  std::string name = inLowerCase(scanner.token(isTokenByte));
  if (name.empty() || !scanner.take('=')) return std::nullopt;
  if (scanner.take('"')) {
    auto value = scanner.quotedString();
    if (!value) return std::nullopt;
    return std::pair{name, *value};
  }
  std::string value = scanner.token(isTokenByte);
  if (value.empty()) return std::nullopt;
  return std::pair{name, value};
}

}  // namespace

const std::string* HeaderParameters::find(std::string_view name) const {
  for (const auto& entry : parameters) {
    if (entry.first == name) return &entry.second;
  }
  return nullptr;
}

std::optional<HeaderParameters> parseHeaderParameters(std::string_view field) {
  Scanner scanner(field);
  HeaderParameters result;
  scanner.skipSpaces();
  result.value = inLowerCase(scanner.token(isMediaTypeByte));
  if (result.value.empty()) return std::nullopt;
  for (scanner.skipSpaces(); !scanner.atEnd(); scanner.skipSpaces()) {
    if (!scanner.take(';')) return std::nullopt;
    auto entry = parameter(scanner);
    if (!entry || result.find(entry->first) != nullptr) return std::nullopt;
    result.parameters.push_back(*entry);
  }
  return result;
}

}  // namespace nano
