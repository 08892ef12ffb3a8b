#include "supervisor/signals.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <kj/debug.h>

namespace nano {

StopSignals::StopSignals() {
  KJ_SYSCALL(signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -1 : 0);
  sigset_t stops;
  sigemptyset(&stops);
  sigaddset(&stops, SIGTERM);
  sigaddset(&stops, SIGINT);
  KJ_SYSCALL(sigprocmask(SIG_BLOCK, &stops, nullptr));
  int fd = signalfd(-1, &stops, SFD_CLOEXEC | SFD_NONBLOCK);
  KJ_SYSCALL(fd);
  fd_ = kj::AutoCloseFd(fd);
}

void StopSignals::watch(EventLoop& loop) {
  readable_.reset(event_new(
      &loop.base(), fd_, EV_READ | EV_PERSIST,
      [](evutil_socket_t, short, void* self) { static_cast<StopSignals*>(self)->onReadable(); },
      this));
  event_add(readable_.get(), nullptr);
}

kj::Promise<void> StopSignals::next() {
  auto paf = kj::newPromiseAndFulfiller<void>();
  waiting_ = kj::mv(paf.fulfiller);
  return kj::mv(paf.promise);
}

void StopSignals::onReadable() {
  signalfd_siginfo info;
  while (read(fd_, &info, sizeof info) == sizeof info) {
    if (waiting_.get() != nullptr) waiting_->fulfill();
  }
}

}  // namespace nano
