#include "tests/harness/upstream_connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <utility>

#include <kj/debug.h>

namespace nano::test {
namespace {

// A script's mistake ends here, not in the machine's memory.
constexpr size_t kMaxReceivedBytes = 64 << 20;

std::string lowerCase(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace

std::string UpstreamRequest::field(const std::string& name) const {
  size_t at = lowerCase(head).find("\r\n" + name + ":");
  if (at == std::string::npos) return {};
  size_t from = at + name.size() + 3;
  std::string value = head.substr(from, head.find("\r\n", from) - from);
  value.erase(0, value.find_first_not_of(' '));
  return value;
}

bool UpstreamGate::wait() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return isOver_ || permits_ > 0; });
  if (!isOver_) permits_--;
  return !isOver_;
}

void UpstreamGate::release(size_t permits) {
  std::lock_guard lock(mutex_);
  permits_ += permits;
  changed_.notify_all();
}

void UpstreamGate::end() {
  std::lock_guard lock(mutex_);
  isOver_ = true;
  changed_.notify_all();
}

UpstreamConnection::UpstreamConnection(size_t number, kj::AutoCloseFd socket, UpstreamGate& gate)
    : number_(number),
      socket_(kj::mv(socket)),
      gate_(gate) {
  int on = 1;
  KJ_SYSCALL(setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on));
}

UpstreamConnection::~UpstreamConnection() = default;

bool UpstreamConnection::startTls(SSL_CTX& context) {
  ssl_.reset(SSL_new(&context));
  KJ_REQUIRE(ssl_ != nullptr && SSL_set_fd(ssl_.get(), socket_) == 1);
  if (SSL_accept(ssl_.get()) != 1) isOpen_ = false;
  return isOpen_;
}

bool UpstreamConnection::receive() {
  if (!isOpen_) return false;
  char buffer[16384];
  ssize_t got =
      ssl_ ? SSL_read(ssl_.get(), buffer, sizeof buffer) : recv(socket_, buffer, sizeof buffer, 0);
  if (got <= 0 || received_.size() > kMaxReceivedBytes) {
    isOpen_ = false;
    return false;
  }
  received_.append(buffer, static_cast<size_t>(got));
  return true;
}

std::string UpstreamConnection::take(size_t bytes) {
  while (received_.size() < bytes && receive()) {
  }
  std::string taken = received_.substr(0, bytes);
  received_.erase(0, taken.size());
  return taken;
}

std::optional<std::string> UpstreamConnection::takeLine() {
  size_t end;
  while ((end = received_.find("\r\n")) == std::string::npos) {
    if (!receive()) return std::nullopt;
  }
  std::string line = take(end);
  take(2);
  return line;
}

std::optional<UpstreamRequest> UpstreamConnection::readHead() {
  size_t end;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive()) return std::nullopt;
  }
  UpstreamRequest request;
  request.connection = number_;
  request.head = take(end + 4);
  size_t space = request.head.find(' ');
  size_t second = request.head.find(' ', space + 1);
  request.method = request.head.substr(0, space);
  if (space != std::string::npos && second != std::string::npos) {
    request.target = request.head.substr(space + 1, second - space - 1);
  }
  return request;
}

void UpstreamConnection::readBody(UpstreamRequest& request) {
  std::string length = request.field("content-length");
  if (!length.empty()) {
    request.body = take(std::strtoull(length.c_str(), nullptr, 10));
  } else if (request.field("transfer-encoding") == "chunked") {
    for (;;) {
      auto line = takeLine();
      if (!line) return;
      size_t size = std::strtoull(line->c_str(), nullptr, 16);
      request.body += take(size);
      takeLine();
      if (size == 0) return;
    }
  }
}

std::string UpstreamConnection::readBytes(size_t least) {
  while (received_.size() < least && receive()) {
  }
  return std::exchange(received_, {});
}

void UpstreamConnection::awaitEnd() {
  do {
    received_.clear();
  } while (receive());
}

void UpstreamConnection::send(std::string_view bytes) {
  while (!bytes.empty() && isOpen_) {
    ssize_t sent = ssl_ ? SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size()))
                        : ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      isOpen_ = false;
    } else {
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }
}

void UpstreamConnection::sendAgainAndAgain(std::string_view bytes, uint64_t times) {
  for (uint64_t i = 0; i < times && isOpen_; i++)
    send(bytes);
}

void UpstreamConnection::drip(std::string_view bytes) {
  for (size_t i = 0; i < bytes.size() && isOpen_; i++) {
    hold();
    send(bytes.substr(i, 1));
  }
}

void UpstreamConnection::hold() {
  if (isOpen_ && !gate_.wait()) isOpen_ = false;
}

void UpstreamConnection::endSending() {
  if (ssl_) SSL_shutdown(ssl_.get());
  shutdown(socket_, SHUT_WR);
}

void UpstreamConnection::close() {
  std::lock_guard lock(mutex_);
  isOpen_ = false;
  ssl_.reset();
  socket_ = kj::AutoCloseFd();
}

void UpstreamConnection::reset() {
  linger now{1, 0};
  if (socket_.get() >= 0) setsockopt(socket_, SOL_SOCKET, SO_LINGER, &now, sizeof now);
  close();
}

void UpstreamConnection::interrupt() {
  std::lock_guard lock(mutex_);
  if (socket_.get() >= 0) shutdown(socket_, SHUT_RDWR);
}

}  // namespace nano::test
