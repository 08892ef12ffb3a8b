#pragma once

#include <utility>

#include <kj/async.h>
#include <kj/io.h>

#include "protocol/libevent.h"

namespace nano {

// A non-blocking socket whose readiness is waited for as a promise. Nothing of it may be waited for
// any more when it goes.
class ReadySocket final {
 public:
  ReadySocket(event_base& base, kj::AutoCloseFd socket);
  ReadySocket(const ReadySocket&) = delete;
  ReadySocket& operator=(const ReadySocket&) = delete;

  int fd() const { return socket_.get(); }

  // Each by one at a time: who asks again takes the earlier one's place. Ready may be a false
  // alarm.
  kj::Promise<void> readable() { return wait(readEvent_, reader_); }
  kj::Promise<void> writable() { return wait(writeEvent_, writer_); }

  // Whoever waits is woken, and finds the socket shut both ways.
  void shut();
  // For another owner; nothing may be waited for.
  kj::AutoCloseFd release();

 private:
  using Waiting = kj::Maybe<kj::Own<kj::PromiseFulfiller<void>>>;
  kj::Promise<void> wait(Event& event, Waiting& waiting);
  static void wake(Waiting& waiting);

  // Closed after its events are freed.
  kj::AutoCloseFd socket_;
  Waiting reader_;
  Waiting writer_;
  Event readEvent_;
  Event writeEvent_;
};

}  // namespace nano
