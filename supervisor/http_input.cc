#include "supervisor/http_input.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include <kj/debug.h>

namespace nano {
namespace {

// Less room than this is not worth a system call.
constexpr size_t kUsefulRoom = size_t{2} * 1024;

}  // namespace

Received receive(int socket, std::span<char> into, size_t& bytes) {
  if (into.empty()) return Received::kNoRoom;
  ssize_t size;
  do {
    size = recv(socket, into.data(), into.size(), 0);
  } while (size < 0 && errno == EINTR);
  if (size < 0) return errno == EAGAIN ? Received::kBlocked : Received::kLost;
  bytes = static_cast<size_t>(size);
  return size == 0 ? Received::kEnded : Received::kSome;
}

HttpInput::~HttpInput() {
  pool_.giveBack(std::move(block_));
  pool_.giveBack(std::move(pinnedBlock_));
}

void HttpInput::consume(size_t bytes) {
  KJ_REQUIRE(bytes <= end_ - begin_);
  begin_ += bytes;
  if (begin_ == end_) {
    begin_ = end_ = pinned_;
    if (pinned_ == 0 && block_.size != 0) pool_.giveBack(std::exchange(block_, HttpBlock()));
  }
}

void HttpInput::pin(size_t bytes) {
  KJ_REQUIRE(bytes <= end_ - begin_);
  begin_ += bytes;
  pinned_ = begin_;
}

std::span<char> HttpInput::room(size_t most) {
  size_t waiting = end_ - begin_;
  if (waiting >= most) return {};
  if (block_.size - end_ < kUsefulRoom) {
    if (pinned_ + waiting + kUsefulRoom <= block_.size) {
      memmove(block_.bytes.get() + pinned_, block_.bytes.get() + begin_, waiting);
      begin_ = pinned_;
      end_ = pinned_ + waiting;
    } else {
      // Growing by half as much again at least: a head that comes byte by byte is not copied often.
      moveTo(pool_.take(waiting < HttpBlockPool::kBlockBytes / 2 ? HttpBlockPool::kBlockBytes
                                                                 : waiting * 2));
    }
  }
  return {block_.bytes.get() + end_, std::min(block_.size - end_, most - waiting)};
}

Received HttpInput::receiveFrom(int socket, size_t most) {
  size_t bytes = 0;
  Received result = receive(socket, room(most), bytes);
  end_ += bytes;
  return result;
}

void HttpInput::append(std::span<const char> bytes) {
  if (bytes.empty()) return;
  if (block_.size - end_ < bytes.size()) moveTo(pool_.take(end_ - begin_ + bytes.size()));
  memcpy(block_.bytes.get() + end_, bytes.data(), bytes.size());
  end_ += bytes.size();
}

void HttpInput::unpin() {
  pinned_ = 0;
  pool_.giveBack(std::exchange(pinnedBlock_, HttpBlock()));
  if (begin_ == end_) {
    begin_ = end_ = 0;
    if (block_.size != 0) pool_.giveBack(std::exchange(block_, HttpBlock()));
  }
}

void HttpInput::moveTo(HttpBlock block) {
  size_t waiting = end_ - begin_;
  if (waiting != 0) memcpy(block.bytes.get(), block_.bytes.get() + begin_, waiting);
  std::swap(block_, block);
  begin_ = 0;
  end_ = waiting;
  if (pinned_ != 0) {
    // Only once a request: the new block has nothing pinned.
    pinnedBlock_ = std::move(block);
    pinned_ = 0;
  } else {
    pool_.giveBack(std::move(block));
  }
}

}  // namespace nano
