#include "supervisor/process_log.h"

#include <glog/logging.h>

namespace nano {

std::string asLogLine(std::string_view text) {
  constexpr size_t kMostBytes = 1024;
  std::string line(text.substr(0, kMostBytes));
  for (char& byte : line) {
    auto code = static_cast<unsigned char>(byte);
    if (code < 0x20 || code >= 0x7f) byte = '?';
  }
  return line;
}

void KjLogBridge::logMessage(kj::LogSeverity severity, const char* file, int line, int /*depth*/,
                             kj::String&& text) {
  google::LogSeverity level = google::GLOG_INFO;
  if (severity == kj::LogSeverity::WARNING) level = google::GLOG_WARNING;
  if (severity == kj::LogSeverity::ERROR || severity == kj::LogSeverity::FATAL) {
    level = google::GLOG_ERROR;  // Not glog's FATAL: that would end the supervisor.
  }
  google::LogMessage(file, line, level).stream() << text.cStr();
}

}  // namespace nano
