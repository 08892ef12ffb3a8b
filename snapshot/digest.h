#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace nano {

// Tells apart what was made for something else or was damaged: a multiplicative hash over words of
// eight bytes, each step of which can be undone, so a change within one word is always seen. It is
// no protection against a forger; a snapshot file is trusted as the program is.
class Digest final {
 public:
  void add(std::string_view bytes) {
    mix(bytes.size());
    while (bytes.size() >= sizeof(uint64_t)) {
      uint64_t word = 0;
      std::memcpy(&word, bytes.data(), sizeof word);
      mix(word);
      bytes.remove_prefix(sizeof word);
    }
    uint64_t last = 0;
    std::memcpy(&last, bytes.data(), bytes.size());
    mix(last);
  }
  uint64_t value() const { return value_; }

 private:
  void mix(uint64_t word) {
    value_ = (value_ ^ word) * 0x9e3779b97f4a7c15;  // 2^64 divided by the golden ratio, odd.
    value_ ^= value_ >> 32;
  }

  uint64_t value_ = 0xcbf29ce484222325;
};

}  // namespace nano
