#include "supervisor/egress/send_queue.h"

#include <sys/socket.h>

#include <cerrno>

namespace nano {
namespace {

// An emptied queue keeps no more memory than this.
constexpr size_t kKeptBytes = 64 * 1024;

}  // namespace

kj::Maybe<size_t> SendQueue::send(int socket, kj::ArrayPtr<const kj::byte> bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t sent =
        ::send(socket, bytes.begin() + done, bytes.size() - done, MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent >= 0) {
      done += static_cast<size_t>(sent);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno != EINTR) {
      return nullptr;
    }
  }
  return done;
}

SendQueue::Sent SendQueue::add(int socket, kj::ArrayPtr<const kj::byte> bytes) {
  size_t taken = 0;
  if (size() == 0) {
    KJ_IF_MAYBE(sent, send(socket, bytes)) {
      taken = *sent;
    } else {
      return Sent::kBroken;
    }
  }
  if (taken == bytes.size()) return size() == 0 ? Sent::kAll : Sent::kSome;
  // A queue that is never quite empty must not keep all that went through it.
  dropSent();
  const auto rest = bytes.slice(taken, bytes.size());
  if (!budget_->hasRoomFor(rest.size())) return Sent::kNoRoom;
  budget_->take(rest.size());
  bytes_.reserve(bytes_.size() + rest.size());
  bytes_.insert(bytes_.end(), rest.begin(), rest.end());
  return Sent::kSome;
}

SendQueue::Sent SendQueue::resume(int socket) {
  KJ_IF_MAYBE(sent, send(socket, kj::arrayPtr(bytes_.data() + sent_, size()))) {
    sent_ += *sent;
  } else {
    return Sent::kBroken;
  }
  if (size() > 0) return Sent::kSome;
  dropSent();
  if (bytes_.capacity() > kKeptBytes) bytes_.shrink_to_fit();
  return Sent::kAll;
}

void SendQueue::dropSent() {
  bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<ptrdiff_t>(sent_));
  budget_->give(sent_);
  sent_ = 0;
}

}  // namespace nano
