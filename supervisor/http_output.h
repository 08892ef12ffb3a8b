#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "supervisor/http_block.h"

namespace nano {

// What a connection has to send. Answers of one turn gather here and leave in one system call.
class HttpOutput final {
 public:
  explicit HttpOutput(HttpBlockPool& pool) : pool_(pool) {}
  ~HttpOutput();
  HttpOutput(const HttpOutput&) = delete;
  HttpOutput& operator=(const HttpOutput&) = delete;

  size_t pending() const { return end_ - begin_; }

  // Room for `bytes` at the end, to be filled in now; shrink() gives back what was too much of it.
  char* extend(size_t bytes);
  void shrink(size_t bytes) { end_ -= bytes; }
  void append(std::string_view text);
  void drop() { begin_ = end_ = 0; }

  enum class Sent : uint8_t { kAll, kBlocked, kFailed };
  Sent send(int socket);
  // Sends what is pending, `body` and `tail` in one call; copies only what the socket did not take.
  Sent sendWith(int socket, std::string_view body, std::string_view tail);

  // All that the kernel took from us so far.
  uint64_t sentBytes() const { return sentBytes_; }

 private:
  void sent(size_t bytes);

  HttpBlockPool& pool_;
  HttpBlock block_;
  size_t begin_ = 0;
  size_t end_ = 0;
  uint64_t sentBytes_ = 0;
};

}  // namespace nano
