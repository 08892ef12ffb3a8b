#include "supervisor/signals.h"

#include <signal.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <kj/debug.h>

namespace nano {

void ignoreBrokenPipes() { KJ_SYSCALL(signal(SIGPIPE, SIG_IGN) == SIG_ERR ? -1 : 0); }

Signals::Signals(std::initializer_list<int> numbers) {
  sigset_t set;
  sigemptyset(&set);
  for (int number : numbers)
    sigaddset(&set, number);
  KJ_SYSCALL(sigprocmask(SIG_BLOCK, &set, nullptr));
  int fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
  KJ_SYSCALL(fd);
  fd_ = kj::AutoCloseFd(fd);
}

void Signals::watch(EventLoop& loop) {
  readable_.reset(event_new(
      &loop.base(), fd_, EV_READ | EV_PERSIST,
      [](evutil_socket_t, short, void* self) { static_cast<Signals*>(self)->onReadable(); }, this));
  event_add(readable_.get(), nullptr);
}

kj::Promise<void> Signals::next() {
  if (pending_) {
    pending_ = false;
    return kj::READY_NOW;
  }
  auto paf = kj::newPromiseAndFulfiller<void>();
  waiting_ = kj::mv(paf.fulfiller);
  return kj::mv(paf.promise);
}

void Signals::onReadable() {
  signalfd_siginfo info;
  bool any = false;
  while (read(fd_, &info, sizeof info) == sizeof info)
    any = true;
  if (!any) return;
  if (waiting_.get() != nullptr && waiting_->isWaiting()) {
    waiting_->fulfill();
  } else {
    pending_ = true;
  }
}

}  // namespace nano
