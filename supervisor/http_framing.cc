#include "supervisor/http_framing.h"

#include <algorithm>
#include <limits>

#include "supervisor/http_syntax.h"
#include "supervisor/loop_field.h"

namespace nano {
namespace {

enum class Special : uint8_t {
  kNone,
  kHost,
  kContentLength,
  kTransferEncoding,
  kConnection,
  kExpect,
  kHopByHop,
  kLoop,
};

Special classify(std::string_view name) {
  switch (name.size()) {
    case 2:
      return name == "te" ? Special::kHopByHop : Special::kNone;
    case 4:
      return name == "host" ? Special::kHost : Special::kNone;
    case 6:
      return name == "expect" ? Special::kExpect : Special::kNone;
    case 7:
      return name == "upgrade" || name == "trailer" ? Special::kHopByHop : Special::kNone;
    case 8:
      return name == kLoopFieldName ? Special::kLoop : Special::kNone;
    case 10:
      if (name == "connection") return Special::kConnection;
      return name == "keep-alive" ? Special::kHopByHop : Special::kNone;
    case 14:
      if (name == "content-length") return Special::kContentLength;
      return name == "http2-settings" ? Special::kHopByHop : Special::kNone;
    case 16:
      return name == "proxy-connection" ? Special::kHopByHop : Special::kNone;
    case 17:
      return name == "transfer-encoding" ? Special::kTransferEncoding : Special::kNone;
    default:
      return Special::kNone;
  }
}

// One space at most before the value and none after it: RFC 9110 allows more, no client sends more,
// and readers have differed in what they take for the value then. The value is not empty.
bool standsPlain(const HttpField& field) {
  const char* nameEnd = field.name.data() + field.name.size();
  const char* valueEnd = field.value.data() + field.value.size();
  std::ptrdiff_t gap = field.value.data() - nameEnd;
  return (gap == 1 || (gap == 2 && nameEnd[1] == ' ')) && *valueEnd == '\r';
}

// Digits without a leading zero: "010" is eight to some readers. Below 2^63.
std::optional<uint64_t> parseLength(const HttpField& field) {
  std::string_view text = field.value;
  if (text.empty() || text.size() > 19 || !allBytes(text, kDigitByte)) return std::nullopt;
  if (!standsPlain(field) || (text.size() > 1 && text.front() == '0')) return std::nullopt;
  uint64_t value = 0;
  for (char c : text) {
    value = value * 10 + static_cast<uint64_t>(c - '0');
  }
  if (value > static_cast<uint64_t>(std::numeric_limits<int64_t>::max())) return std::nullopt;
  return value;
}

struct ConnectionOptions {
  bool close = false;
  bool keepAlive = false;
};

void addOptions(std::string_view value, ConnectionOptions& options) {
  while (!value.empty()) {
    size_t end = std::min(value.find(','), value.size());
    std::string_view option = trimmed(value.substr(0, end));
    if (equalsIgnoringCase(option, "close")) options.close = true;
    if (equalsIgnoringCase(option, "keep-alive")) options.keepAlive = true;
    value.remove_prefix(std::min(end + 1, value.size()));
  }
}

class Reader final {
 public:
  explicit Reader(HttpVersion version) { result_.framing.version = version; }

  // Whether the field goes to the app.
  bool keeps(const HttpField& field, size_t index) {
    switch (classify(field.name)) {
      case Special::kNone:
        return true;
      case Special::kHost:
        if (result_.host.has_value()) refuse(400);
        result_.host = index;
        return true;
      case Special::kContentLength:
        takeLength(field);
        return true;
      case Special::kTransferEncoding:
        takeEncoding(field);
        return false;
      case Special::kConnection:
        addOptions(field.value, options_);
        return false;
      case Special::kExpect:
        takeExpect(field);
        return false;
      case Special::kHopByHop:
        return false;
      case Special::kLoop:
        result_.framing.hops = std::max(result_.framing.hops, hopsOfLoopField(field.value));
        return true;
    }
    return true;
  }

  FramingResult finish() {
    bool old = result_.framing.version == HttpVersion::k10;
    bool close = options_.close || (old && !options_.keepAlive);
    result_.framing.connection =
        close ? RequestFraming::Connection::kClose : RequestFraming::Connection::kKeepAlive;
    if (old) result_.framing.expect = RequestFraming::Expect::kNothing;  // RFC 9110 10.1.1
    return result_;
  }

 private:
  void refuse(uint16_t status) {
    if (result_.refusal == 0) result_.refusal = status;
  }

  // A second length, even an equal one, and a length beside a transfer coding are how requests are
  // smuggled (RFC 9112 6.3 and 11.2).
  void takeLength(const HttpField& field) {
    std::optional<uint64_t> length = parseLength(field);
    if (!length.has_value() || result_.framing.body != RequestFraming::Body::kNone) {
      return refuse(400);
    }
    result_.framing.body = RequestFraming::Body::kLength;
    result_.framing.length = *length;
  }

  void takeEncoding(const HttpField& field) {
    if (result_.framing.body != RequestFraming::Body::kNone ||
        result_.framing.version == HttpVersion::k10 ||
        !equalsIgnoringCase(field.value, "chunked") || !standsPlain(field)) {
      return refuse(400);
    }
    result_.framing.body = RequestFraming::Body::kChunked;
  }

  void takeExpect(const HttpField& field) {
    if (!equalsIgnoringCase(field.value, "100-continue")) return refuse(417);
    result_.framing.expect = RequestFraming::Expect::kContinue;
  }

  FramingResult result_;
  ConnectionOptions options_;
};

}  // namespace

FramingResult takeFraming(std::vector<HttpField>& fields, HttpVersion version) {
  Reader reader(version);
  size_t kept = 0;
  for (size_t i = 0; i < fields.size(); i++) {
    if (reader.keeps(fields[i], kept)) {
      if (kept != i) fields[kept] = fields[i];
      kept++;
    }
  }
  fields.resize(kept);
  return reader.finish();
}

}  // namespace nano
