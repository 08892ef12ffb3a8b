#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <string>
#include <vector>

#include <v8.h>

namespace nano {

// Bodies that are read while they are written: what goes to and fro between the two sides of a call
// that is answered in two ways (Host::respondTwoWay). What the answerer says is known by its slot,
// what it hears by `slot | FetchHost::kTwoWayBit`.
class FakePipes final {
 public:
  explicit FakePipes(v8::Isolate* isolate) : isolate_(isolate) {}

  void write(uint32_t number, std::span<const std::byte> chunk);
  void end(uint32_t number);
  v8::Local<v8::Promise> read(uint32_t number);
  // Nobody reads on.
  void cancel(uint32_t number);
  // Of which who writes has not heard yet that nobody reads on; each once.
  std::vector<uint32_t> takeCanceled();

 private:
  struct Pipe {
    std::deque<std::string> chunks;
    bool ended = false;
    bool canceled = false;
    v8::Global<v8::Promise::Resolver> reader;
  };
  void serve(Pipe& pipe);

  v8::Isolate* isolate_;
  std::map<uint32_t, Pipe> pipes_;
  std::vector<uint32_t> canceled_;
};

}  // namespace nano
