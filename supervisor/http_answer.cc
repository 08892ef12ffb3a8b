#include "supervisor/http_answer.h"

#include <charconv>

#include <kj/debug.h>

#include "supervisor/http_syntax.h"

namespace nano {
namespace {

bool hasNoBody(uint16_t status) { return status == 204 || status == 304; }

constexpr HttpField kPlainText[] = {{"Content-Type", "text/plain; charset=utf-8"}};
// RFC 9110 15.5.6: a 405 says what is allowed. All that llhttp knows would be a long list.
constexpr HttpField kPlainTextAndAllow[] = {
    {"Content-Type", "text/plain; charset=utf-8"},
    {"Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"}};

// The Content-Length that the head has itself; nothing where it is no number, or said twice.
std::optional<uint64_t> lengthSaid(const ResponseHead& head) {
  std::optional<uint64_t> length;
  for (const HttpField& field : head.fields) {
    if (!equalsIgnoringCase(field.name, "content-length")) continue;
    uint64_t value = 0;
    const char* end = field.value.data() + field.value.size();
    auto [at, error] = std::from_chars(field.value.data(), end, value);
    if (length.has_value() || error != std::errc() || at != end) return std::nullopt;
    length = value;
  }
  return length;
}

}  // namespace

void HttpAnswer::reset(std::string_view method, const RequestFraming& request) {
  version_ = request.version;
  framing_ = ResponseFraming();
  written_ = 0;
  headOnly_ = method == "HEAD";
  closes_ = request.connection == RequestFraming::Connection::kClose;
  started_ = replaced_ = bodiless_ = false;
}

std::string_view HttpAnswer::whole(const ResponseHead& head, std::string_view body) {
  if (!isSendable(head, limits_)) {
    static constexpr std::string_view kBadAnswer = "502 Bad Gateway\n";
    replaced_ = true;
    writeHead({.status = 502, .statusText = {}, .fields = kPlainText}, kBadAnswer.size());
    return bodiless_ ? std::string_view() : kBadAnswer;
  }
  writeHead(head, body.size());
  return bodiless_ ? std::string_view() : body;
}

void HttpAnswer::start(const ResponseHead& head, std::optional<uint64_t> length) {
  if (isSendable(head, limits_)) {
    writeHead(head, length);
  } else {
    output_.append(whole(head, {}));
    bodiless_ = true;
  }
}

std::optional<HttpAnswer::Piece> HttpAnswer::piece(std::string_view bytes) {
  if (bodiless_ || bytes.empty()) return Piece{};
  if (framing_.body == ResponseFraming::Body::kLength) {
    if (bytes.size() > framing_.length - written_) return std::nullopt;
    written_ += bytes.size();
  }
  if (framing_.body != ResponseFraming::Body::kChunked) return Piece{bytes, {}};
  char size[18];
  char* end = std::to_chars(size, size + 16, bytes.size(), 16).ptr;
  *end++ = '\r';
  *end++ = '\n';
  output_.append({size, static_cast<size_t>(end - size)});
  return Piece{bytes, "\r\n"};
}

HttpAnswer::End HttpAnswer::end() {
  if (bodiless_) return End::kWhole;
  if (framing_.body == ResponseFraming::Body::kChunked) output_.append("0\r\n\r\n");
  bool missing = framing_.body == ResponseFraming::Body::kLength && written_ != framing_.length;
  return missing ? End::kShort : End::kWhole;
}

void HttpAnswer::refuse(uint16_t status) {
  std::string text(std::to_string(status));
  text.append(" ").append(standardPhrase(status)).append("\n");
  ResponseHead head{.status = status, .statusText = {}, .fields = kPlainText};
  if (status == 405) head.fields = kPlainTextAndAllow;
  closes_ = true;
  output_.append(whole(head, text));
}

ResponseFraming HttpAnswer::framingFor(uint16_t status, std::optional<uint64_t> length) {
  ResponseFraming framing;
  if (hasNoBody(status)) {
    framing.body = ResponseFraming::Body::kNone;
  } else if (status == 205) {
    framing.length = 0;  // RFC 9110 15.3.6: no content.
  } else if (length.has_value()) {
    framing.length = *length;
  } else if (version_ == HttpVersion::k11) {
    framing.body = ResponseFraming::Body::kChunked;
  } else {
    framing.body = ResponseFraming::Body::kUntilClose;
    if (!headOnly_) closes_ = true;
  }
  if (closes_) {
    framing.connection = ResponseFraming::Connection::kClose;
  } else if (version_ == HttpVersion::k10) {
    framing.connection = ResponseFraming::Connection::kKeepAlive;
  }
  return framing;
}

// Without a body nobody but the app knows how long the answer to a GET would be: RFC 9110 8.6.
ResponseFraming HttpAnswer::framingOfHead(const ResponseHead& head,
                                          std::optional<uint64_t> length) {
  ResponseFraming framing = framingFor(head.status, length);
  if (framing.body == ResponseFraming::Body::kNone) return framing;
  if (std::optional<uint64_t> said = lengthSaid(head)) {
    framing.body = ResponseFraming::Body::kLength;
    framing.length = *said;
  } else if (length.has_value()) {
    framing.body = ResponseFraming::Body::kNone;
  }
  return framing;
}

void HttpAnswer::writeHead(const ResponseHead& head, std::optional<uint64_t> length) {
  KJ_REQUIRE(!started_, "an exchange is answered once");
  started_ = true;
  if (headOnly_ && length.value_or(0) == 0) {
    framing_ = framingOfHead(head, length);
  } else {
    framing_ = framingFor(head.status, length);
  }
  bodiless_ = headOnly_ || hasNoBody(head.status) || head.status == 205;
  writeResponseHead(output_, head, framing_, date_.line());
}

}  // namespace nano
