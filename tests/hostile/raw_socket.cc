#include "tests/hostile/raw_socket.h"

#include <sched.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <capnp/serialize.h>

#include "protocol/message_frame.h"
#include "protocol/process.h"

namespace nano::test {
namespace {

constexpr size_t kAnyFrame = size_t{64} << 20;

void pause() {
  timespec oneMillisecond{0, 1'000'000};
  nanosleep(&oneMillisecond, nullptr);
}

}  // namespace

void RawSocket::sendBytes(const void* bytes, size_t size) {
  auto* next = static_cast<const char*>(bytes);
  while (size > 0) {
    iovec piece{const_cast<char*>(next), size};
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    ssize_t sent = sendmsg(kRpcFd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) waitForTheEnd();
    if (sent <= 0) {
      pause();
      continue;
    }
    next += sent;
    size -= static_cast<size_t>(sent);
  }
}

void RawSocket::sendHalfWords(const std::vector<uint32_t>& halfWords) {
  sendBytes(halfWords.data(), halfWords.size() * sizeof(uint32_t));
}

void RawSocket::sendMessage(capnp::MessageBuilder& message) {
  auto words = capnp::messageToFlatArray(message);
  sendBytes(words.asBytes().begin(), words.asBytes().size());
}

uint32_t RawSocket::nextCallOf(uint64_t interfaceId) {
  while (true) {
    if (auto question = takeCall(interfaceId)) return *question;
    capnp::word buffer[8192];
    iovec space{buffer, sizeof buffer};
    msghdr message{};
    message.msg_iov = &space;
    message.msg_iovlen = 1;
    ssize_t size = recvmsg(kRpcFd, &message, MSG_DONTWAIT);
    if (size == 0) waitForTheEnd();
    if (size < 0) {
      pause();
      continue;
    }
    // The supervisor's frames are whole words, and it writes a turn's at once.
    received_.insert(received_.end(), buffer, buffer + size / sizeof(capnp::word));
  }
}

std::optional<uint32_t> RawSocket::takeCall(uint64_t interfaceId) {
  while (true) {
    auto words = kj::arrayPtr(received_.data(), received_.size());
    auto scan = scanFrame(words.asBytes(), kAnyFrame);
    if (scan.state != FrameScan::State::kComplete) return std::nullopt;
    std::optional<uint32_t> question;
    {
      capnp::FlatArrayMessageReader reader(words.slice(0, scan.words));
      auto message = reader.getRoot<capnp::rpc::Message>();
      if (message.isCall() && message.getCall().getInterfaceId() == interfaceId) {
        question = message.getCall().getQuestionId();
      }
    }
    received_.erase(received_.begin(), received_.begin() + static_cast<ptrdiff_t>(scan.words));
    if (question) return question;
  }
}

void waitForTheEnd() {
  // One long sleep uses no CPU time at all, so nanod need not wonder whether we only starve.
  timespec hour{3600, 0};
  while (true)
    nanosleep(&hour, nullptr);
}

}  // namespace nano::test
