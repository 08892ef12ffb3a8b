#include "supervisor/http_parser.h"

#include <string.h>

#include <algorithm>

#include "supervisor/http_authority.h"
#include "supervisor/http_syntax.h"

namespace nano {
namespace {

// Most clients send fewer fields; a vector that never grew again costs no allocation a request.
constexpr size_t kUsualFields = 24;

// The view's bytes, writable.
std::span<char> writable(std::span<char> lines, std::string_view view) {
  return lines.subspan(static_cast<size_t>(view.data() - lines.data()), view.size());
}

// llhttp may hand a span over in pieces.
void extend(std::string_view& view, const char* at, size_t size) {
  if (view.empty()) {
    view = {at, size};
  } else if (view.data() + view.size() == at) {
    view = {view.data(), view.size() + size};
  }
}

}  // namespace

struct HttpParser::Callbacks {
  static HttpParser& self(llhttp_t* llhttp) { return *static_cast<HttpParser*>(llhttp->data); }

  static int onMethod(llhttp_t* llhttp, const char* at, size_t size) {
    extend(self(llhttp).head_.method, at, size);
    return 0;
  }
  static int onUrl(llhttp_t* llhttp, const char* at, size_t size) {
    extend(self(llhttp).head_.target, at, size);
    return 0;
  }
  static int onField(llhttp_t* llhttp, const char* at, size_t size) {
    auto& fields = self(llhttp).fields_;
    if (!fields.empty() && fields.back().name.data() + fields.back().name.size() == at) {
      extend(fields.back().name, at, size);
    } else {
      fields.push_back({{at, size}, {}});
    }
    return 0;
  }
  static int onValue(llhttp_t* llhttp, const char* at, size_t size) {
    extend(self(llhttp).fields_.back().value, at, size);
    return 0;
  }
  static int onHeadersComplete(llhttp_t* llhttp) {
    self(llhttp).llhttpFlags_ = llhttp->flags;
    self(llhttp).llhttpLength_ = llhttp->content_length;
    return 0;
  }

  static llhttp_settings_t settings() {
    llhttp_settings_t settings;
    llhttp_settings_init(&settings);
    settings.on_method = onMethod;
    settings.on_url = onUrl;
    settings.on_header_field = onField;
    settings.on_header_value = onValue;
    settings.on_headers_complete = onHeadersComplete;
    return settings;
  }
};

HttpParser::HttpParser(const HttpLimits& limits) : scan_(limits) {
  fields_.reserve(kUsualFields);
  reset();
}

void HttpParser::reset() {
  static const llhttp_settings_t kSettings = Callbacks::settings();
  llhttp_init(&llhttp_, HTTP_REQUEST, &kSettings);
  llhttp_.data = this;
  llhttpLength_ = 0;
  llhttpFlags_ = 0;
  scan_.reset();
  head_ = RequestHead();
  framing_ = RequestFraming();
  fields_.clear();
  refusal_ = 0;
  forServer_ = false;
}

HttpParser::Progress HttpParser::parse(std::span<char> received) {
  if (received.empty()) return Progress::kMore;
  switch (scan_.scan({received.data(), received.size()})) {
    case HttpHeadScan::Progress::kMore:
      return Progress::kMore;
    case HttpHeadScan::Progress::kRefused:
      refusal_ = scan_.refusal();
      return Progress::kRefused;
    case HttpHeadScan::Progress::kWhole:
      break;
  }
  auto lines = received.subspan(scan_.lineStart(), scan_.headBytes() - scan_.lineStart());
  refusal_ = split(lines);
  if (refusal_ == 0) refusal_ = readFields(lines);
  if (refusal_ == 0) refusal_ = readTarget(lines);
  return refusal_ == 0 ? Progress::kReady : Progress::kRefused;
}

uint16_t HttpParser::split(std::span<char> lines) {
  llhttp_errno_t error = llhttp_execute(&llhttp_, lines.data(), lines.size());
  // The scan has seen a well-formed method, so an unknown one is one that we do not implement.
  if (error == HPE_INVALID_METHOD) return 501;
  // A request that would like to upgrade is answered as if it had not asked.
  if (error != HPE_OK && error != HPE_PAUSED_UPGRADE) return 400;
  if (fields_.size() != scan_.fieldCount()) return 400;
  // The scan has seen "HTTP/1.0" or "HTTP/1.1" there; four bytes end the head's last two lines.
  framing_.version = llhttp_.http_minor == 0 ? HttpVersion::k10 : HttpVersion::k11;
  return llhttp_.http_major == 1 ? 0 : 400;
}

uint16_t HttpParser::readFields(std::span<char> lines) {
  for (HttpField& field : fields_) {
    makeLowerCase(writable(lines, field.name));
    field.value = trimmed(field.value);
  }
  FramingResult result = takeFraming(fields_, framing_.version);
  if (result.refusal != 0) return result.refusal;
  framing_ = result.framing;
  head_.hops = framing_.hops;

  bool chunked = framing_.body == RequestFraming::Body::kChunked;
  bool llhttpChunked = (llhttpFlags_ & F_CHUNKED) != 0;
  if (chunked != llhttpChunked || framing_.length != llhttpLength_) return 400;

  if (result.host.has_value()) {
    HttpField& host = fields_[*result.host];
    if (!isAuthority(host.value)) return 400;
    makeLowerCase(writable(lines, host.value));
    head_.authority = host.value;
  } else if (framing_.version == HttpVersion::k11) {
    return 400;
  }
  head_.scheme = "http";
  return 0;
}

uint16_t HttpParser::readTarget(std::span<char> lines) {
  std::span<char> target = writable(lines, head_.target);
  if (target.front() != '/') {
    forServer_ = head_.target == "*" && head_.method == "OPTIONS";
    if (!forServer_) {
      if (uint16_t refusal = readAbsoluteTarget(target); refusal != 0) return refusal;
    }
  }
  head_.fields = fields_;
  return 0;
}

// RFC 9112 3.2.2: the target's authority wins over Host, which takes its value.
uint16_t HttpParser::readAbsoluteTarget(std::span<char> target) {
  constexpr size_t kSchemeBytes = 7;
  std::string_view text(target.data(), target.size());
  // Over a connection without TLS nothing of that scheme is served (RFC 9110 7.4).
  if (equalsIgnoringCase(text.substr(0, 8), "https://")) return 421;
  if (!equalsIgnoringCase(text.substr(0, kSchemeBytes), "http://")) return 400;

  size_t end = std::min(text.find_first_of("/?", kSchemeBytes), text.size());
  std::string_view authority = text.substr(kSchemeBytes, end - kSchemeBytes);
  if (!isAuthority(authority)) return 400;
  makeLowerCase(target.subspan(kSchemeBytes, authority.size()));

  if (end == text.size() || text[end] == '?') {
    // The path is empty, which means "/". The byte for it comes from the two slashes.
    memmove(target.data() + kSchemeBytes - 1, authority.data(), authority.size());
    authority = {target.data() + kSchemeBytes - 1, authority.size()};
    target[--end] = '/';
  }
  head_.authority = authority;
  head_.target = text.substr(end);
  for (HttpField& field : fields_) {
    if (field.name == "host") field.value = authority;
  }
  return 0;
}

}  // namespace nano
