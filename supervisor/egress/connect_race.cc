#include "supervisor/egress/connect_race.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>
#include <memory>
#include <utility>

#include <kj/debug.h>

namespace nano {
namespace {

constexpr kj::Duration kHeadStart = 250 * kj::MILLISECONDS;
// More are not tried: a name may have hundreds.
constexpr size_t kMaxAddresses = 16;
// The kernel takes no more than this unsent, so "writable" means that the peer has taken something.
constexpr int kUnsentBytes = 128 * 1024;

void setOption(int socket, int level, int option, int value) {
  // Each only makes the connection better.
  static_cast<void>(setsockopt(socket, level, option, &value, sizeof(value)));
}

class Race final {
 public:
  using Outcome = std::variant<Connected, NotConnected>;

  Race(event_base& base, kj::Timer& timer, std::vector<IpAddress> addresses, uint16_t port)
      : base_(base),
        timer_(timer),
        addresses_(std::move(addresses)),
        port_(port),
        tasks_(ignored_) {
    if (addresses_.size() > kMaxAddresses) addresses_.resize(kMaxAddresses);
  }

  kj::Promise<Outcome> run() {
    auto result = kj::newPromiseAndFulfiller<Outcome>();
    done_ = kj::mv(result.fulfiller);
    startNext();
    return kj::mv(result.promise);
  }

 private:
  struct Ignored final : kj::TaskSet::ErrorHandler {
    void taskFailed(kj::Exception&&) override {}
  };
  struct Attempt {
    IpAddress address;
    kj::AutoCloseFd socket;
    Event writable;
    Race* race;
  };

  void startNext() {
    while (next_ < addresses_.size()) {
      const IpAddress address = addresses_[next_++];
      if (start(address)) return;
    }
    finishIfLost();
  }

  // False: failed at once.
  bool start(const IpAddress& address) {
    const SocketAddress remote = socketAddress(address, port_);
    const int fd = socket(remote.storage.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0) {
      error_ = errno;
      return false;
    }
    auto attempt = std::make_unique<Attempt>(Attempt{address, kj::AutoCloseFd(fd), nullptr, this});
    setOption(fd, IPPROTO_TCP, TCP_NODELAY, 1);
    setOption(fd, IPPROTO_TCP, TCP_NOTSENT_LOWAT, kUnsentBytes);
    setOption(fd, SOL_SOCKET, SO_KEEPALIVE, 1);
    const int result = connect(fd, reinterpret_cast<const sockaddr*>(&remote.storage), remote.size);
    if (result == 0) {
      win(*attempt);
      return true;
    }
    if (errno != EINPROGRESS) {
      error_ = errno;
      return false;
    }
    wait(std::move(attempt));
    return true;
  }

  void wait(std::unique_ptr<Attempt> attempt) {
    auto onWritable = [](evutil_socket_t, short, void* argument) {
      auto* done = static_cast<Attempt*>(argument);
      done->race->finish(*done);
    };
    attempt->writable.reset(
        event_new(&base_, attempt->socket.get(), EV_WRITE, onWritable, attempt.get()));
    KJ_REQUIRE(attempt->writable != nullptr && event_add(attempt->writable.get(), nullptr) == 0);
    attempts_.push_back(std::move(attempt));
    ++running_;
    if (next_ == addresses_.size()) return;
    const size_t next = next_;
    tasks_.add(timer_.afterDelay(kHeadStart).then([this, next]() {
      // An attempt that failed meanwhile has started it already.
      if (next == next_ && done_->isWaiting()) startNext();
    }));
  }

  // In libevent's callback: throws nothing.
  void finish(Attempt& attempt) {
    int error = 0;
    socklen_t size = sizeof(error);
    if (getsockopt(attempt.socket.get(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) error = errno;
    if (error == 0) {
      win(attempt);
      return;
    }
    error_ = error;
    attempt.socket = nullptr;
    --running_;
    guard([this]() { startNext(); },
          [this](kj::Exception&&) { done_->fulfill(NotConnected{ENOMEM}); });
  }

  void win(Attempt& attempt) {
    if (done_->isWaiting()) done_->fulfill(Connected{kj::mv(attempt.socket), attempt.address});
  }

  void finishIfLost() {
    if (running_ == 0 && done_->isWaiting()) done_->fulfill(NotConnected{error_});
  }

  event_base& base_;
  kj::Timer& timer_;
  std::vector<IpAddress> addresses_;
  const uint16_t port_;
  size_t next_ = 0;
  size_t running_ = 0;
  int error_ = 0;
  std::vector<std::unique_ptr<Attempt>> attempts_;
  kj::Own<kj::PromiseFulfiller<Outcome>> done_;
  Ignored ignored_;
  kj::TaskSet tasks_;
};

}  // namespace

kj::Promise<std::variant<Connected, NotConnected>> connectToFirst(event_base& base,
                                                                  kj::Timer& timer,
                                                                  std::vector<IpAddress> addresses,
                                                                  uint16_t port) {
  auto race = kj::heap<Race>(base, timer, std::move(addresses), port);
  auto outcome = race->run();
  return outcome.attach(kj::mv(race));
}

}  // namespace nano
