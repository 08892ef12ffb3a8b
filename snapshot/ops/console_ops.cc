// What console.js prints.

#include "snapshot/ops/ops.h"

namespace nano {
namespace {

void log(OpCall&, Host& host, uint32_t level, const Utf8& line) {
  const auto last = static_cast<uint32_t>(LogLevel::kError);
  host.log(static_cast<LogLevel>(level < last ? level : last), line.view());
}

constexpr Op kOps[] = {
    {"log", bindOp<log>},
};

}  // namespace

const std::span<const Op> kConsoleOps = kOps;

}  // namespace nano
