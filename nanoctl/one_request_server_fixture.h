#pragma once

#include <sys/socket.h>
#include <sys/un.h>

#include <string>
#include <thread>

#include <kj/debug.h>
#include <kj/io.h>

#include "nanoctl/files.h"

namespace nano {

// For tests: a server on a unix socket that reads one request and gives the answer it was made
// with.
class OneRequestServer final {
 public:
  explicit OneRequestServer(std::string body, std::string status = "200 OK")
      : answer_("HTTP/1.1 " + status + "\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\nConnection: close\r\n\r\n" + body) {
    int fd = -1;
    KJ_SYSCALL(fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    listener_ = kj::AutoCloseFd(fd);
    sockaddr_un address{AF_UNIX, {}};
    path().copy(address.sun_path, sizeof address.sun_path - 1);
    KJ_SYSCALL(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof address));
    KJ_SYSCALL(listen(fd, 1));
    thread_ = std::thread([this] { serve(); });
  }
  // A client that never came must not keep the test from ending.
  ~OneRequestServer() { finish(); }

  std::string path() const { return directory_.path() + "/admin.sock"; }
  // Head and body of the request, when the client is done.
  const std::string& request() {
    finish();
    return request_;
  }

 private:
  void finish() {
    shutdown(listener_, SHUT_RDWR);
    if (thread_.joinable()) thread_.join();
  }
  void serve() {
    kj::AutoCloseFd client(accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC));
    if (client.get() < 0) return;
    char buffer[4096];
    while (!isWhole()) {
      ssize_t got = recv(client, buffer, sizeof buffer, 0);
      if (got <= 0) return;
      request_.append(buffer, static_cast<size_t>(got));
    }
    send(client, answer_.data(), answer_.size(), MSG_NOSIGNAL);
  }
  bool isWhole() const {
    size_t head = request_.find("\r\n\r\n");
    if (head == std::string::npos) return false;
    size_t length = request_.find("Content-Length: ");
    size_t body = length < head ? std::stoul(request_.substr(length + 16)) : 0;
    return request_.size() >= head + 4 + body;
  }

  TemporaryDirectory directory_ = std::move(TemporaryDirectory::make().value());
  std::string answer_;
  std::string request_;
  kj::AutoCloseFd listener_;
  std::thread thread_;
};

}  // namespace nano
