#include "supervisor/process_log.h"

#include <glog/logging.h>

namespace nano {

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
