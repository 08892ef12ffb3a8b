#include "supervisor/http_head_scan.h"

#include <string.h>

#include "supervisor/http_syntax.h"

namespace nano {
namespace {

// Longer than any method that llhttp knows.
constexpr size_t kMaxMethodBytes = 32;
// Two spaces and "HTTP/1.1".
constexpr size_t kVersionAndSpaces = 10;

uint16_t judgeVersion(std::string_view version) {
  if (version == "HTTP/1.1" || version == "HTTP/1.0") return 0;
  bool wellFormed = version.size() == 8 && version.starts_with("HTTP/") &&
                    isByte(version[5], kDigitByte) && version[6] == '.' &&
                    isByte(version[7], kDigitByte);
  return wellFormed ? 505 : 400;
}

}  // namespace

HttpHeadScan::Progress HttpHeadScan::scan(std::string_view bytes) {
  for (;;) {
    const void* found = memchr(bytes.data() + searched_, '\n', bytes.size() - searched_);
    if (found == nullptr) {
      searched_ = bytes.size();
      return judgePart(bytes.substr(nextLine_));
    }
    size_t end = static_cast<size_t>(static_cast<const char*>(found) - bytes.data());
    if (end == nextLine_ || bytes[end - 1] != '\r') return refuse(400);
    std::string_view line = bytes.substr(nextLine_, end - 1 - nextLine_);
    searched_ = nextLine_ = end + 1;

    if (line.empty()) {
      if (haveRequestLine_) return Progress::kWhole;
      if (requestStart_ != 0) return refuse(400);
      requestStart_ = nextLine_;
      continue;
    }
    uint16_t status = haveRequestLine_ ? judgeField(line) : judgeRequestLine(line);
    if (status != 0) return refuse(status);
    haveRequestLine_ = true;
  }
}

void HttpHeadScan::reset() {
  requestStart_ = nextLine_ = searched_ = fieldBytes_ = fieldCount_ = 0;
  refusal_ = 0;
  haveRequestLine_ = false;
}

HttpHeadScan::Progress HttpHeadScan::refuse(uint16_t status) {
  refusal_ = status;
  return Progress::kRefused;
}

// A line whose end has not come yet is refused only for what no ending could mend.
HttpHeadScan::Progress HttpHeadScan::judgePart(std::string_view line) {
  if (haveRequestLine_) {
    bool tooLong =
        line.size() > limits_.headerLineBytes || fieldBytes_ + line.size() > limits_.headerBytes;
    return tooLong ? refuse(431) : Progress::kMore;
  }
  // TLS and other protocols show by their first byte.
  if (!line.empty() && !isByte(line.front(), kTokenByte) && line.front() != '\r') {
    return refuse(400);
  }
  if (line.size() > kMaxMethodBytes + kVersionAndSpaces + limits_.targetBytes) {
    return refuse(line.find(' ') <= kMaxMethodBytes ? 414 : 501);
  }
  return Progress::kMore;
}

uint16_t HttpHeadScan::judgeRequestLine(std::string_view line) const {
  size_t methodEnd = line.find(' ');
  if (methodEnd == std::string_view::npos || methodEnd == 0) return 400;
  std::string_view method = line.substr(0, methodEnd);
  if (!allBytes(method, kTokenByte)) return 400;
  if (method.size() > kMaxMethodBytes) return 501;

  std::string_view rest = line.substr(methodEnd + 1);
  size_t targetEnd = rest.find(' ');
  if (targetEnd == std::string_view::npos || targetEnd == 0) return 400;
  std::string_view target = rest.substr(0, targetEnd);
  if (target.size() > limits_.targetBytes) return 414;
  if (!allBytes(target, kTargetByte)) return 400;
  if (uint16_t status = judgeVersion(rest.substr(targetEnd + 1)); status != 0) return status;

  // Neither has a meaning for an origin server: RFC 9110 9.3.6 and 9.3.8.
  return method == "CONNECT" || method == "TRACE" ? 405 : 0;
}

uint16_t HttpHeadScan::judgeField(std::string_view line) {
  fieldBytes_ += line.size() + 2;
  fieldCount_++;
  if (line.size() > limits_.headerLineBytes || fieldBytes_ > limits_.headerBytes ||
      fieldCount_ > limits_.headerCount) {
    return 431;
  }
  size_t nameEnd = line.find(':');
  if (nameEnd == std::string_view::npos || nameEnd == 0) return 400;
  if (!allBytes(line.substr(0, nameEnd), kTokenByte)) return 400;
  return allBytes(line.substr(nameEnd + 1), kValueByte) ? 0 : 400;
}

}  // namespace nano
