#pragma once

#include <kj/async.h>
#include <kj/io.h>

#include "protocol/event_loop.h"

namespace nano {

// SIGTERM and SIGINT as promises. Made before the first thread, so that every thread has them
// blocked and they come here alone. SIGPIPE is ignored: a peer that is gone is an error code.
class StopSignals final {
 public:
  StopSignals();
  KJ_DISALLOW_COPY(StopSignals);

  // Begins to watch; on the thread of `loop`.
  void watch(EventLoop& loop);
  // Done when the next of them comes. One call at a time.
  kj::Promise<void> next();

 private:
  void onReadable();

  kj::AutoCloseFd fd_;
  Event readable_;
  kj::Own<kj::PromiseFulfiller<void>> waiting_;
};

}  // namespace nano
