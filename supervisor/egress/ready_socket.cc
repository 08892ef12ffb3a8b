#include "supervisor/egress/ready_socket.h"

#include <sys/socket.h>

#include <kj/debug.h>

namespace nano {

ReadySocket::ReadySocket(event_base& base, kj::AutoCloseFd socket) : socket_(kj::mv(socket)) {
  // Once each: nobody is told what nobody asked for.
  auto onReadable = [](evutil_socket_t, short, void* self) {
    wake(static_cast<ReadySocket*>(self)->reader_);
  };
  auto onWritable = [](evutil_socket_t, short, void* self) {
    wake(static_cast<ReadySocket*>(self)->writer_);
  };
  readEvent_.reset(event_new(&base, socket_.get(), EV_READ, onReadable, this));
  writeEvent_.reset(event_new(&base, socket_.get(), EV_WRITE, onWritable, this));
  KJ_REQUIRE(readEvent_ != nullptr && writeEvent_ != nullptr);
}

void ReadySocket::wake(Waiting& waiting) {
  KJ_IF_MAYBE(fulfiller, waiting) {
    auto woken = kj::mv(*fulfiller);
    waiting = nullptr;
    woken->fulfill();
  }
}

kj::Promise<void> ReadySocket::wait(Event& event, Waiting& waiting) {
  auto result = kj::newPromiseAndFulfiller<void>();
  waiting = kj::mv(result.fulfiller);
  KJ_REQUIRE(event_add(event.get(), nullptr) == 0);
  return kj::mv(result.promise);
}

kj::AutoCloseFd ReadySocket::release() {
  readEvent_ = nullptr;
  writeEvent_ = nullptr;
  return kj::mv(socket_);
}

void ReadySocket::shut() {
  // ENOTCONN: there was nothing to end.
  static_cast<void>(shutdown(socket_.get(), SHUT_RDWR));
  wake(reader_);
  wake(writer_);
}

}  // namespace nano
