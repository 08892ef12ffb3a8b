#pragma once

#include <initializer_list>

#include <kj/async.h>
#include <kj/io.h>

#include "protocol/event_loop.h"

namespace nano {

// Some signals as promises. Made before the first thread, so that every thread has them blocked and
// they come here alone.
class Signals final {
 public:
  explicit Signals(std::initializer_list<int> numbers);
  KJ_DISALLOW_COPY(Signals);

  // Begins to watch; on the thread of `loop`.
  void watch(EventLoop& loop);
  // Done when the next of them comes; at once when one has come since the last promise was done,
  // and several that came meanwhile are one. One call at a time.
  kj::Promise<void> next();

 private:
  void onReadable();

  kj::AutoCloseFd fd_;
  Event readable_;
  bool pending_ = false;
  kj::Own<kj::PromiseFulfiller<void>> waiting_;
};

// SIGPIPE is ignored from now on: a peer that is gone is an error code.
void ignoreBrokenPipes();

}  // namespace nano
