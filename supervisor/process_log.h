#pragma once

#include <kj/exception.h>

namespace nano {

// While it lives, what KJ logs on this thread goes into glog, so that there is one log format. One
// for each thread that runs KJ code.
class KjLogBridge final : public kj::ExceptionCallback {
 public:
  void logMessage(kj::LogSeverity severity, const char* file, int line, int contextDepth,
                  kj::String&& text) override;
};

}  // namespace nano
