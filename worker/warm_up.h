#pragma once

#include "snapshot/v8_process.h"
#include "worker/app_server.h"

namespace nano {

// Runs a throw-away app that touches what V8, ICU and glibc set up on first use: time zone,
// locales, regular expressions, WebAssembly, optimised code. After it the filter may close
// (security 2.2).
void warmUp(EventLoop& loop, const WorkerParts& parts, const V8Process& v8);

}  // namespace nano
