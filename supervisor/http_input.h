#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "supervisor/http_block.h"

namespace nano {

enum class Received : uint8_t {
  kSome,
  kNoRoom,   // Nothing was asked of the socket.
  kBlocked,  // Nothing is there now.
  kEnded,    // The client has ended its side.
  kLost,     // The connection is broken.
};
// One recv into `into`; sets `bytes` when kSome.
Received receive(int socket, std::span<char> into, size_t& bytes);

// What a connection has received and not used yet: a window over one block. What is used up may be
// pinned: it then stays in place while more is received, because a request's head points into it.
class HttpInput final {
 public:
  explicit HttpInput(HttpBlockPool& pool) : pool_(pool) {}
  ~HttpInput();
  HttpInput(const HttpInput&) = delete;
  HttpInput& operator=(const HttpInput&) = delete;

  std::span<char> unread() { return {block_.bytes.get() + begin_, end_ - begin_}; }
  size_t unreadBytes() const { return end_ - begin_; }
  void consume(size_t bytes);

  // Receives unless `most` bytes wait unread already. May move what is unread.
  Received receiveFrom(int socket, size_t most);
  // Stores what came along with the end of a body.
  void append(std::span<const char> bytes);

  // Consumes, and keeps all that has been used up so far where it is until unpin().
  void pin(size_t bytes);
  void unpin();

 private:
  std::span<char> room(size_t most);
  void moveTo(HttpBlock block);

  HttpBlockPool& pool_;
  HttpBlock block_;
  // A block that is held only for what is pinned in it.
  HttpBlock pinnedBlock_;
  size_t pinned_ = 0;  // Bytes at the start of block_.
  size_t begin_ = 0;
  size_t end_ = 0;
};

}  // namespace nano
