#include "supervisor/multipart.h"

#include <algorithm>
#include <cstring>
#include <optional>

#include "supervisor/app_names.h"
#include "supervisor/header_parameters.h"

namespace nano {
namespace {

constexpr size_t kMaxBoundaryBytes = 70;  // RFC 2046 5.1.1.

bool isBoundaryByte(char c) {
  bool alphanumeric = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return alphanumeric ||
         (c != '\0' && std::string_view("'()+_,-./:=? ").find(c) != std::string_view::npos);
}

bool equalsIgnoringCase(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(), [](char a, char b) {
    return (a >= 'A' && a <= 'Z' ? static_cast<char>(a - 'A' + 'a') : a) == b;
  });
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t'))
    text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t'))
    text.remove_suffix(1);
  return text;
}

// Where `needle` begins in `text`. memmem keeps to linear time, which string_view::find does not.
size_t findLinear(std::string_view text, std::string_view needle) {
  const void* found = memmem(text.data(), text.size(), needle.data(), needle.size());
  if (found == nullptr) return std::string_view::npos;
  return static_cast<size_t>(static_cast<const char*>(found) - text.data());
}

class MultipartParser final {
 public:
  MultipartParser(std::string_view boundary, std::string_view body)
      : delimiter_("\r\n--" + std::string(boundary)),
        rest_(body) {}

  std::variant<std::vector<FormPart>, std::string> parse() {
    std::string_view first = std::string_view(delimiter_).substr(2);
    if (!rest_.starts_with(first)) return "the form does not begin with its boundary";
    rest_.remove_prefix(first.size());
    std::vector<FormPart> parts;
    while (!rest_.starts_with("--")) {
      if (!rest_.starts_with("\r\n")) return "a boundary of the form is not followed by a line end";
      rest_.remove_prefix(2);
      if (parts.size() == kMaxFormParts) {
        return "the form has more than " + std::to_string(kMaxFormParts) + " parts: bundle the app";
      }
      FormPart part;
      if (auto problem = readPart(part)) return *problem;
      parts.push_back(std::move(part));
    }
    rest_.remove_prefix(2);
    if (!rest_.empty() && rest_ != "\r\n") return "the form goes on after its last boundary";
    return parts;
  }

 private:
  std::optional<std::string> readPart(FormPart& part) {
    // The line end before the body also ends the last field, so that one search finds both.
    size_t end = findLinear(rest_.substr(0, kMaxPartHeaderBytes), "\r\n\r\n");
    if (end == std::string_view::npos) {
      return "a part's header does not end within " + std::to_string(kMaxPartHeaderBytes) +
             " bytes";
    }
    if (auto problem = readHeader(rest_.substr(0, end), part)) return problem;
    rest_.remove_prefix(end + 2);
    // From the blank line's own line end: the body may be empty, its delimiter right there.
    size_t next = findLinear(rest_, delimiter_);
    if (next == std::string_view::npos) {
      return "the part " + inQuotes(part.name) + " has no end: the upload broke off";
    }
    part.body = next == 0 ? std::string_view() : rest_.substr(2, next - 2);
    rest_.remove_prefix(next + delimiter_.size());
    return std::nullopt;
  }

  static std::optional<std::string> readHeader(std::string_view header, FormPart& part) {
    bool hasDisposition = false;
    bool hasType = false;
    part.contentType = "text/plain";
    while (!header.empty()) {
      size_t end = std::min(header.find("\r\n"), header.size());
      std::string_view line = header.substr(0, end);
      header.remove_prefix(std::min(end + 2, header.size()));
      size_t colon = line.find(':');
      if (colon == std::string_view::npos || colon == 0 ||
          line.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos) {
        return "a part has a line in its header that is not 'name: value'";
      }
      std::string_view name = line.substr(0, colon);
      std::string_view value = trimmed(line.substr(colon + 1));
      if (equalsIgnoringCase(name, "content-disposition")) {
        if (hasDisposition) return "a part has two Content-Disposition fields";
        hasDisposition = true;
        if (auto problem = readDisposition(value, part)) return problem;
      } else if (equalsIgnoringCase(name, "content-type")) {
        if (hasType) return "a part has two Content-Type fields";
        hasType = true;
        part.contentType = value;
      } else if (equalsIgnoringCase(name, "content-transfer-encoding")) {
        return "a part has a Content-Transfer-Encoding: send its bytes as they are (RFC 7578 4.7)";
      }
      // RFC 7578 4.8: other fields must be ignored.
    }
    if (!hasDisposition) return "a part has no Content-Disposition";
    return std::nullopt;
  }

  static std::optional<std::string> readDisposition(std::string_view value, FormPart& part) {
    auto parsed = parseHeaderParameters(value);
    if (!parsed || parsed->value != "form-data") {
      return "a part's Content-Disposition is not 'form-data; name=\"...\"'";
    }
    const std::string* name = parsed->find("name");
    if (name == nullptr || name->empty()) return "a part has no name";
    part.name = *name;
    if (parsed->find("filename*") != nullptr) {
      return "the part " + inQuotes(*name) + " has a filename*, which RFC 7578 4.2 forbids";
    }
    if (const std::string* filename = parsed->find("filename")) part.filename = *filename;
    return std::nullopt;
  }

  std::string delimiter_;
  std::string_view rest_;
};

}  // namespace

std::variant<std::vector<FormPart>, std::string> parseMultipart(std::string_view contentType,
                                                                std::string_view body) {
  auto type = parseHeaderParameters(contentType);
  if (!type || type->value != "multipart/form-data") {
    return "the Content-Type is not multipart/form-data with a boundary";
  }
  const std::string* boundary = type->find("boundary");
  bool good = boundary != nullptr && !boundary->empty() && boundary->size() <= kMaxBoundaryBytes &&
              boundary->back() != ' ' &&
              std::all_of(boundary->begin(), boundary->end(), isBoundaryByte);
  if (!good) return "the Content-Type has no boundary as RFC 2046 5.1.1 wants it";
  return MultipartParser(*boundary, body).parse();
}

}  // namespace nano
