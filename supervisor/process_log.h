#pragma once

#include <string>
#include <string_view>

#include <kj/exception.h>

namespace nano {

// What a worker or a tenant said, for a log that a person reads in a terminal: one line of ordinary
// characters, at most 1 KB.
std::string asLogLine(std::string_view text);

// While it lives, what KJ logs on this thread goes into glog, so that there is one log format. One
// for each thread that runs KJ code.
class KjLogBridge final : public kj::ExceptionCallback {
 public:
  void logMessage(kj::LogSeverity severity, const char* file, int line, int contextDepth,
                  kj::String&& text) override;
};

}  // namespace nano
