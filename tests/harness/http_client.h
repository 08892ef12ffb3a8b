#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <kj/io.h>

namespace nano::test {

struct HttpRequest {
  std::string host = "localhost";
  std::string path = "/";
  std::string method = "GET";
  std::vector<std::string> headers;  // "name: value"
  std::string body;
};

struct HttpResponse {
  int status = 0;                              // 0: no answer, `error` says why.
  std::map<std::string, std::string> headers;  // Names in lower case.
  std::string body;
  std::string error;
};

// One request to 127.0.0.1 over a connection of its own; gives up after 20 seconds. libcurl does
// it, so what is tested is what a real client sees.
HttpResponse sendRequest(uint16_t port, const HttpRequest& request);

// GET with this Host.
HttpResponse get(uint16_t port, const std::string& host, const std::string& path = "/");

// A plain connection, for bytes that no proper client sends.
class RawConnection final {
 public:
  explicit RawConnection(uint16_t port);
  void send(std::string_view bytes);
  // Reads until the peer closes or this many bytes are there.
  std::string receive(size_t maxBytes = 1 << 20);
  // Reads until `text` has come or the peer closes.
  std::string receiveUntil(std::string_view text);
  void close() { fd_ = kj::AutoCloseFd(); }

 private:
  kj::AutoCloseFd fd_;
};

}  // namespace nano::test
