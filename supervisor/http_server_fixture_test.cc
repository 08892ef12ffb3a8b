#include "supervisor/http_server_fixture.h"

#include <string.h>

#include <algorithm>

#include "supervisor/http_syntax.h"

namespace nano {
namespace {

// Turns of a loop that never sleeps; far more than any test needs.
constexpr int kManyTurns = 2'000'000;

// Takes one response from the front of `text`; whole is false while it is not all there.
ClientResponse parseResponse(const std::string& text, std::string_view method, size_t& used) {
  ClientResponse response;
  size_t headEnd = text.find("\r\n\r\n");
  if (headEnd == std::string::npos) return response;
  response.head = text.substr(0, headEnd + 2);
  response.status = std::stoi(response.head.substr(9, 3));
  size_t at = response.head.find("\r\n") + 2;
  while (at < response.head.size()) {
    size_t end = response.head.find("\r\n", at);
    size_t colon = response.head.find(": ", at);
    std::string name = response.head.substr(at, colon - at);
    makeLowerCase(name);
    response.fields[name] = response.head.substr(colon + 2, end - colon - 2);
    at = end + 2;
  }
  used = headEnd + 4;
  if (method == "HEAD" || response.status == 204 || response.status == 304 ||
      response.status < 200) {
    response.whole = true;
  } else if (response.fields.count("content-length") != 0) {
    size_t length = std::stoul(response.fields["content-length"]);
    response.body = text.substr(used, length);
    response.whole = response.body.size() == length;
    used += response.body.size();
  } else if (response.fields.count("transfer-encoding") != 0) {
    for (;;) {
      size_t sizeEnd = text.find("\r\n", used);
      if (sizeEnd == std::string::npos) return response;
      size_t size = std::stoul(text.substr(used, sizeEnd - used), nullptr, 16);
      if (text.size() < sizeEnd + 2 + size + 2) return response;
      EXPECT_EQ(text.substr(sizeEnd + 2 + size, 2), "\r\n");
      response.body += text.substr(sizeEnd + 2, size);
      used = sizeEnd + 2 + size + 2;
      if (size == 0) break;
    }
    response.whole = true;
  } else {
    response.body = text.substr(used);
    used = text.size();
  }
  return response;
}

}  // namespace

void HttpServerFixture::start() {
  HttpHandler& handler = *this;
  server_ = std::make_unique<HttpServer>(HttpServer::Loop{loop_.base(), timer_, clock_}, handler,
                                         limits_);
  auto listening = listenTcp("127.0.0.1", 0, PortSharing::kShared);
  ASSERT_TRUE(std::holds_alternative<kj::AutoCloseFd>(listening));
  port_ = server_->listen(kj::mv(std::get<kj::AutoCloseFd>(listening)));
}

HttpServerFixture::Client HttpServerFixture::connect() {
  int fd;
  KJ_SYSCALL(fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  kj::AutoCloseFd owned(fd);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  // The kernel completes the handshake; the server accepts when it runs.
  KJ_SYSCALL(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)));
  KJ_SYSCALL(fcntl(fd, F_SETFL, O_NONBLOCK));
  run();
  return Client(*this, kj::mv(owned));
}

HttpServerFixture::Client HttpServerFixture::connectUnix() {
  int fds[2];
  KJ_SYSCALL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, fds));
  server_->serve(kj::AutoCloseFd(fds[0]), HttpPeer());
  return Client(*this, kj::AutoCloseFd(fds[1]));
}

void HttpServerFixture::runUntil(const std::function<bool()>& done) {
  for (int turn = 0; turn < kManyTurns; turn++) {
    if (done()) return;
    loop_.runOnce();
  }
  FAIL() << "this never came about";
}

void HttpServerFixture::run() {
  for (int turn = 0; turn < 8; turn++) {
    loop_.runOnce();
  }
}

void HttpServerFixture::advance(kj::Duration time) {
  kj::Duration step = 250 * kj::MILLISECONDS;
  for (kj::Duration left = time; left > 0 * kj::SECONDS; left -= step) {
    timer_.advanceTo(timer_.now() + std::min(step, left));
    run();
  }
}

void HttpServerFixture::Client::take() {
  char buffer[65536];
  while (state_ == State::kOpen) {
    ssize_t size = recv(socket_.get(), buffer, sizeof(buffer), MSG_DONTWAIT);
    if (size > 0) {
      received_.append(buffer, static_cast<size_t>(size));
    } else if (size == 0) {
      state_ = State::kEnded;
    } else {
      if (errno != EAGAIN) state_ = State::kReset;
      return;
    }
  }
}

void HttpServerFixture::Client::send(std::string_view text) {
  test_.runUntil([this, &text] {
    if (text.empty()) return true;
    ssize_t size = ::send(socket_.get(), text.data(), text.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    if (size > 0) text.remove_prefix(static_cast<size_t>(size));
    return text.empty() || (size < 0 && errno != EAGAIN);
  });
}

ClientResponse HttpServerFixture::Client::next(std::string_view method) {
  ClientResponse response;
  size_t used = 0;
  test_.runUntil([this, &response, &used, method] {
    take();
    response = parseResponse(received_, method, used);
    return response.whole || state_ != State::kOpen;
  });
  received_.erase(0, used);
  return response;
}

std::string HttpServerFixture::Client::read(size_t bytes) {
  test_.runUntil([this, bytes] {
    take();
    return received_.size() >= bytes || state_ != State::kOpen;
  });
  std::string result = received_.substr(0, bytes);
  received_.erase(0, bytes);
  return result;
}

std::string HttpServerFixture::Client::readNow() {
  test_.run();
  take();
  return std::exchange(received_, {});
}

const std::string& HttpServerFixture::Client::receivedSoFar() {
  take();
  return received_;
}

HttpServerFixture::Client::End HttpServerFixture::Client::waitForEnd() {
  test_.runUntil([this] {
    take();
    return state_ != State::kOpen;
  });
  return state_ == State::kEnded ? End::kOrderly : End::kReset;
}

bool HttpServerFixture::Client::isOpen() {
  test_.run();
  take();
  return state_ == State::kOpen;
}

void HttpServerFixture::Client::reset() {
  linger now{.l_onoff = 1, .l_linger = 0};
  KJ_SYSCALL(setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof(now)));
  close();
}

}  // namespace nano
