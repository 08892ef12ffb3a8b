#include "supervisor/http_response_head.h"

#include <string.h>

#include <charconv>

#include "supervisor/http_syntax.h"

namespace nano {
namespace {

constexpr std::string_view kStatusStart = "HTTP/1.1 ";
constexpr std::string_view kClose = "Connection: close\r\n";
constexpr std::string_view kKeepAlive = "Connection: keep-alive\r\n";
constexpr std::string_view kChunked = "Transfer-Encoding: chunked\r\n";
constexpr std::string_view kLength = "Content-Length: ";
// What our own fields and the ends of lines take at most.
constexpr size_t kOwnBytes = 256;

struct Phrase {
  uint16_t status;
  std::string_view text;
};
// The IANA registry of HTTP status codes.
constexpr Phrase kPhrases[] = {
    {200, "OK"},
    {201, "Created"},
    {202, "Accepted"},
    {203, "Non-Authoritative Information"},
    {204, "No Content"},
    {205, "Reset Content"},
    {206, "Partial Content"},
    {207, "Multi-Status"},
    {208, "Already Reported"},
    {226, "IM Used"},
    {300, "Multiple Choices"},
    {301, "Moved Permanently"},
    {302, "Found"},
    {303, "See Other"},
    {304, "Not Modified"},
    {305, "Use Proxy"},
    {307, "Temporary Redirect"},
    {308, "Permanent Redirect"},
    {400, "Bad Request"},
    {401, "Unauthorized"},
    {402, "Payment Required"},
    {403, "Forbidden"},
    {404, "Not Found"},
    {405, "Method Not Allowed"},
    {406, "Not Acceptable"},
    {407, "Proxy Authentication Required"},
    {408, "Request Timeout"},
    {409, "Conflict"},
    {410, "Gone"},
    {411, "Length Required"},
    {412, "Precondition Failed"},
    {413, "Content Too Large"},
    {414, "URI Too Long"},
    {415, "Unsupported Media Type"},
    {416, "Range Not Satisfiable"},
    {417, "Expectation Failed"},
    {418, "I'm a teapot"},
    {421, "Misdirected Request"},
    {422, "Unprocessable Content"},
    {423, "Locked"},
    {424, "Failed Dependency"},
    {425, "Too Early"},
    {426, "Upgrade Required"},
    {428, "Precondition Required"},
    {429, "Too Many Requests"},
    {431, "Request Header Fields Too Large"},
    {451, "Unavailable For Legal Reasons"},
    {500, "Internal Server Error"},
    {501, "Not Implemented"},
    {502, "Bad Gateway"},
    {503, "Service Unavailable"},
    {504, "Gateway Timeout"},
    {505, "HTTP Version Not Supported"},
    {506, "Variant Also Negotiates"},
    {507, "Insufficient Storage"},
    {508, "Loop Detected"},
    {511, "Network Authentication Required"},
};

enum class Role : uint8_t { kApp, kFraming, kDate };

// Names come from JavaScript in lower case, but nobody depends on it here.
Role roleOf(std::string_view name) {
  switch (name.size()) {
    case 2:
      return equalsIgnoringCase(name, "te") ? Role::kFraming : Role::kApp;
    case 4:
      return equalsIgnoringCase(name, "date") ? Role::kDate : Role::kApp;
    case 7:
      return equalsIgnoringCase(name, "upgrade") || equalsIgnoringCase(name, "trailer")
                 ? Role::kFraming
                 : Role::kApp;
    case 10:
      return equalsIgnoringCase(name, "connection") || equalsIgnoringCase(name, "keep-alive")
                 ? Role::kFraming
                 : Role::kApp;
    case 14:
      return equalsIgnoringCase(name, "content-length") ? Role::kFraming : Role::kApp;
    case 16:
      return equalsIgnoringCase(name, "proxy-connection") ? Role::kFraming : Role::kApp;
    case 17:
      return equalsIgnoringCase(name, "transfer-encoding") ? Role::kFraming : Role::kApp;
    default:
      return Role::kApp;
  }
}

char* put(char* at, std::string_view text) {
  if (!text.empty()) memcpy(at, text.data(), text.size());
  return at + text.size();
}

char* putFraming(char* at, const ResponseFraming& framing) {
  switch (framing.connection) {
    case ResponseFraming::Connection::kUnsaid:
      break;
    case ResponseFraming::Connection::kKeepAlive:
      at = put(at, kKeepAlive);
      break;
    case ResponseFraming::Connection::kClose:
      at = put(at, kClose);
      break;
  }
  if (framing.body == ResponseFraming::Body::kChunked) return put(at, kChunked);
  if (framing.body != ResponseFraming::Body::kLength) return at;
  at = put(at, kLength);
  at = std::to_chars(at, at + 20, framing.length).ptr;
  return put(at, "\r\n");
}

}  // namespace

bool isFramingField(std::string_view name) { return roleOf(name) == Role::kFraming; }

bool isSendable(const ResponseHead& head, const HttpLimits& limits) {
  if (head.status < 200 || head.status > 599) return false;
  if (!allBytes(head.statusText, kValueByte)) return false;
  if (head.fields.size() > limits.responseHeaderCount) return false;
  size_t bytes = head.statusText.size();
  for (const HttpField& field : head.fields) {
    if (field.name.empty() || !allBytes(field.name, kTokenByte)) return false;
    if (!allBytes(field.value, kValueByte)) return false;
    bytes += field.name.size() + field.value.size() + 4;
  }
  return bytes <= limits.responseHeaderBytes;
}

void writeResponseHead(HttpOutput& output, const ResponseHead& head, const ResponseFraming& framing,
                       std::string_view date) {
  std::string_view phrase = head.statusText.empty() ? standardPhrase(head.status) : head.statusText;
  size_t most = kOwnBytes + phrase.size() + date.size();
  for (const HttpField& field : head.fields) {
    most += field.name.size() + field.value.size() + 4;
  }
  char* start = output.extend(most);
  char* at = put(start, kStatusStart);
  at = std::to_chars(at, at + 3, head.status).ptr;
  *at++ = ' ';
  at = put(put(at, phrase), "\r\n");
  bool dated = false;
  for (const HttpField& field : head.fields) {
    Role role = roleOf(field.name);
    if (role == Role::kFraming) continue;
    dated |= role == Role::kDate;
    at = put(put(at, field.name), ": ");
    at = put(put(at, field.value), "\r\n");
  }
  if (!dated) at = put(at, date);
  at = put(putFraming(at, framing), "\r\n");
  output.shrink(most - static_cast<size_t>(at - start));
}

std::string_view standardPhrase(uint16_t status) {
  for (const Phrase& phrase : kPhrases) {
    if (phrase.status == status) return phrase.text;
  }
  return "Unknown";
}

}  // namespace nano
