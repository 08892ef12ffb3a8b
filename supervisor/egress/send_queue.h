#pragma once

#include <cstddef>
#include <vector>

#include <kj/array.h>

namespace nano {

// Bytes that a socket has not taken yet. Its owner bounds it.
class SendQueue final {
 public:
  size_t size() const { return bytes_.size() - sent_; }

  // What the socket takes at once is never copied.
  enum class Sent { kAll, kSome, kBroken };
  Sent add(int socket, kj::ArrayPtr<const kj::byte> bytes);
  // Sends on what waits.
  Sent resume(int socket);

 private:
  // How many it took; nothing: the connection is broken.
  static kj::Maybe<size_t> send(int socket, kj::ArrayPtr<const kj::byte> bytes);

  std::vector<kj::byte> bytes_;
  size_t sent_ = 0;
};

}  // namespace nano
