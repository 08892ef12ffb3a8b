#pragma once

#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

#include <kj/array.h>

#include "supervisor/egress/byte_budget.h"

namespace nano {

// Bytes that a socket has not taken yet, counted on a budget that several share. Its owner bounds
// it.
class SendQueue final {
 public:
  explicit SendQueue(std::shared_ptr<ByteBudget> budget) : budget_(std::move(budget)) {}
  ~SendQueue() { budget_->give(bytes_.size()); }
  SendQueue(const SendQueue&) = delete;
  SendQueue& operator=(const SendQueue&) = delete;

  size_t size() const { return bytes_.size() - sent_; }
  // With what was sent and still takes memory.
  size_t heldBytes() const { return bytes_.capacity(); }

  // What the socket takes at once is never copied. kNoRoom: the rest does not fit into the budget,
  // and is lost.
  enum class Sent { kAll, kSome, kBroken, kNoRoom };
  Sent add(int socket, kj::ArrayPtr<const kj::byte> bytes);
  // Sends on what waits.
  Sent resume(int socket);

 private:
  // How many it took; nothing: the connection is broken.
  static kj::Maybe<size_t> send(int socket, kj::ArrayPtr<const kj::byte> bytes);

  // Gives back what was sent.
  void dropSent();

  const std::shared_ptr<ByteBudget> budget_;
  std::vector<kj::byte> bytes_;
  size_t sent_ = 0;
};

}  // namespace nano
