#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace nano {

// A piece of memory that is filled before it is read.
struct HttpBlock {
  std::unique_ptr<char[]> bytes;
  size_t size = 0;
};

// Blocks of one usual size, kept for the next connection that has something to store. Idle
// connections hold none, and a busy server allocates none. One for each HttpServer.
class HttpBlockPool final {
 public:
  // A request's head and a small body fit (Envoy's and nginx's buffers are of this order).
  static constexpr size_t kBlockBytes = size_t{16} * 1024;

  HttpBlockPool() = default;
  HttpBlockPool(const HttpBlockPool&) = delete;
  HttpBlockPool& operator=(const HttpBlockPool&) = delete;

  // At least this many bytes.
  HttpBlock take(size_t atLeast = kBlockBytes);
  void giveBack(HttpBlock block);

 private:
  // 4 MB at most stay with an idle server.
  static constexpr size_t kMaxSpare = 256;

  std::vector<HttpBlock> spare_;
};

}  // namespace nano
