// Clocks and timers.

#include "snapshot/ops/ops.h"

namespace nano {
namespace {

double now(OpCall&, Host& host) { return host.now(); }

double timeOrigin(OpCall&, Host& host) { return host.timeOrigin(); }

bool startTimer(OpCall&, Host& host, uint32_t id, double delayMillis) {
  return host.startTimer(id, delayMillis);
}

void stopTimer(OpCall&, Host& host, uint32_t id) { host.stopTimer(id); }

constexpr Op kOps[] = {
    {"now", bindOp<now>},
    {"timeOrigin", bindOp<timeOrigin>},
    {"startTimer", bindOp<startTimer>},
    {"stopTimer", bindOp<stopTimer>},
};

}  // namespace

const std::span<const Op> kTimeOps = kOps;

}  // namespace nano
