#include "supervisor/egress/upstream_head.h"

#include <limits>

#include "protocol/limits.h"
#include "supervisor/http_syntax.h"

namespace nano {
namespace {

// Responses before the final one (security 3.1).
constexpr unsigned kMaxInterim = 8;

std::string_view withoutEnd(std::string_view line) {
  if (line.ends_with('\n')) line.remove_suffix(1);
  if (line.ends_with('\r')) line.remove_suffix(1);
  return line;
}

std::string lowerCased(std::string_view name) {
  std::string lower(name);
  makeLowerCase(lower);
  return lower;
}

// What is between us and the upstream only. The list is fixed: an upstream cannot take other fields
// away by naming them in Connection. Proxy-Status is not on it, being meant for the client.
bool isHopByHop(std::string_view name) {
  constexpr std::string_view kNames[] = {"connection",
                                         "keep-alive",
                                         "proxy-authenticate",
                                         "proxy-authentication-info",
                                         "proxy-authorization",
                                         "proxy-connection",
                                         "te",
                                         "trailer",
                                         "transfer-encoding",
                                         "upgrade"};
  for (std::string_view each : kNames) {
    if (name == each) return true;
  }
  return false;
}

// Digits only; below 2^63.
std::optional<uint64_t> parseLength(std::string_view text) {
  if (text.empty() || text.size() > 19 || !allBytes(text, kDigitByte)) return std::nullopt;
  uint64_t value = 0;
  for (char c : text) {
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return std::nullopt;
  return value;
}

}  // namespace

UpstreamHead::Line UpstreamHead::broken(const char* problem) {
  if (problem_ == nullptr) problem_ = problem;
  return Line::kBroken;
}

UpstreamHead::Line UpstreamHead::add(std::string_view line) {
  if (problem_ != nullptr) return Line::kBroken;
  bytes_ += line.size();
  if (bytes_ > kMaxUpstreamHeaderBytes) return broken("its head is larger than 128 KiB");
  line = withoutEnd(line);
  if (expect_ == Expect::kStatusLine) return addStatusLine(line);
  return line.empty() ? finishBlock() : addField(line);
}

UpstreamHead::Line UpstreamHead::addStatusLine(std::string_view line) {
  constexpr std::string_view kBad = "it does not begin with a status line";
  bool version2 = versions_ == Versions::k1And2 && line.starts_with("HTTP/2 ");
  bool version1 = line.starts_with("HTTP/1.1 ") || line.starts_with("HTTP/1.0 ");
  if (!version1 && !version2) return broken(kBad.data());
  version_ = version2 ? 2 : line[7] == '1' ? 1 : 0;
  line.remove_prefix(line.find(' ') + 1);
  bool number = line.size() >= 3 && allBytes(line.substr(0, 3), kDigitByte) && line[0] != '0' &&
                (line.size() == 3 || line[3] == ' ');
  if (!number) return broken(kBad.data());
  status_ = static_cast<uint16_t>((line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0'));
  reason_ = trimmed(line.substr(3));
  if (!reason_.empty() && !allBytes(reason_, kValueByte)) return broken(kBad.data());
  expect_ = Expect::kFields;
  return Line::kMore;
}

UpstreamHead::Line UpstreamHead::addField(std::string_view line) {
  if (line.front() == ' ' || line.front() == '\t') return broken("a field goes over two lines");
  size_t colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 ||
      !allBytes(line.substr(0, colon), kTokenByte)) {
    return broken("a field has no name, or one with a byte that no name has");
  }
  std::string_view value = trimmed(line.substr(colon + 1));
  if (!value.empty() && !allBytes(value, kValueByte)) {
    return broken("a field's value has a control character");
  }
  std::string name = lowerCased(line.substr(0, colon));
  if (!takeFraming(name, value)) return problem_ == nullptr ? Line::kMore : Line::kBroken;
  if (fields_.size() == kMaxUpstreamHeaders) return broken("it has more than 256 fields");
  fields_.emplace_back(std::move(name), std::string(value));
  return Line::kMore;
}

bool UpstreamHead::takeFraming(std::string_view name, std::string_view value) {
  if (name == "content-length") {
    takeLength(value);
    return problem_ == nullptr;
  }
  if (name == "transfer-encoding") {
    // Curl would undo other codings than chunked, and what they unpack to has no bound.
    bool plain = equalsIgnoringCase(value, "chunked") && !chunked_ && version_ != 0;
    if (!plain) broken("it has a transfer coding other than chunked");
    chunked_ = true;
  }
  return !isHopByHop(name);
}

// The same length twice is what some servers send (RFC 9110 8.6), and apps see it as it came; two
// lengths are an attack.
void UpstreamHead::takeLength(std::string_view value) {
  std::optional<uint64_t> length = parseLength(value);
  if (!length || (length_ && *length_ != *length)) {
    broken("its Content-Length is no number, or two");
  }
  length_ = length;
}

UpstreamHead::Line UpstreamHead::finishBlock() {
  if (chunked_ && length_) return broken("it has both Content-Length and Transfer-Encoding");
  if (status_ >= 200) return Line::kComplete;
  if (status_ == 101) return broken("it changes to a protocol that nobody asked for");
  if (++interim_ > kMaxInterim) return broken("more than 8 interim responses came before it");
  // The next block is another response.
  expect_ = Expect::kStatusLine;
  fields_.clear();
  length_.reset();
  chunked_ = false;
  return Line::kMore;
}

}  // namespace nano
