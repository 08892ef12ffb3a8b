#include "supervisor/egress/send_queue.h"

#include <sys/socket.h>
#include <unistd.h>

#include <memory>

#include <gtest/gtest.h>
#include <kj/debug.h>
#include <kj/io.h>

namespace nano {
namespace {

class SendQueueTest : public testing::Test {
 protected:
  SendQueueTest() {
    int fds[2];
    KJ_SYSCALL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds));
    ours_ = kj::AutoCloseFd(fds[0]);
    peer_ = kj::AutoCloseFd(fds[1]);
  }
  ~SendQueueTest() noexcept override = default;

  SendQueue::Sent add(SendQueue& queue, size_t size) {
    return queue.add(ours_, kj::heapArray<kj::byte>(size));
  }
  // Until there is something that the socket does not take.
  void stuff(SendQueue& queue) {
    while (queue.size() == 0)
      ASSERT_NE(add(queue, 4096), SendQueue::Sent::kBroken);
  }
  // What the peer takes off, at most.
  size_t take(size_t most) {
    auto bytes = kj::heapArray<kj::byte>(most);
    const ssize_t got = recv(peer_, bytes.begin(), most, 0);
    return got > 0 ? static_cast<size_t>(got) : 0;
  }

  kj::AutoCloseFd ours_;
  kj::AutoCloseFd peer_;
  std::shared_ptr<ByteBudget> budget_ = std::make_shared<ByteBudget>(size_t{1} << 20);
};

TEST_F(SendQueueTest, KeepsNothingOfWhatWentThroughWhileItIsNeverEmpty) {
  SendQueue queue(budget_);
  stuff(queue);
  constexpr size_t kWaiting = size_t{512} << 10;
  for (size_t sent = 0; sent < size_t{16} << 20; sent += take(8192)) {
    while (queue.size() < kWaiting)
      ASSERT_EQ(add(queue, 8192), SendQueue::Sent::kSome) << sent;
    ASSERT_EQ(queue.resume(ours_), SendQueue::Sent::kSome);
    ASSERT_LE(queue.heldBytes(), 2 * kWaiting) << sent;
  }
}

TEST_F(SendQueueTest, HoldsNoMoreThanTheBudgetHas) {
  SendQueue queue(budget_);
  stuff(queue);
  EXPECT_EQ(add(queue, (size_t{1} << 20) - 4096), SendQueue::Sent::kSome);
  EXPECT_EQ(add(queue, 4097), SendQueue::Sent::kNoRoom);
  SendQueue other(budget_);
  EXPECT_EQ(other.add(ours_, kj::heapArray<kj::byte>(4097)), SendQueue::Sent::kNoRoom);
}

TEST_F(SendQueueTest, GivesBackWhatWasSentAndWhatIsDropped) {
  auto queue = std::make_unique<SendQueue>(budget_);
  stuff(*queue);
  EXPECT_EQ(budget_->taken(), queue->size());
  while (queue->resume(ours_) == SendQueue::Sent::kSome)
    ASSERT_GT(take(65536), 0u);
  EXPECT_EQ(budget_->taken(), 0u);
  stuff(*queue);
  EXPECT_GT(budget_->taken(), 0u);
  queue = nullptr;
  EXPECT_EQ(budget_->taken(), 0u);
}

}  // namespace
}  // namespace nano
