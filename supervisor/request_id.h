#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace nano {

// Names for requests: 16 hex digits, unique in this process and hard to confuse with another's. Not
// a secret. One generator a thread.
class RequestIds final {
 public:
  // `seed` differs for each thread and each start.
  explicit RequestIds(uint32_t seed) : seed_(seed) {}

  using Text = std::array<char, 16>;
  Text next() {
    static constexpr char kHex[] = "0123456789abcdef";
    uint64_t value = uint64_t{seed_} << 32 | counter_++;
    Text text;
    for (size_t i = 0; i < text.size(); i++)
      text[i] = kHex[value >> (60 - 4 * i) & 15];
    return text;
  }

 private:
  uint32_t seed_;
  uint32_t counter_ = 0;
};

inline std::string_view asView(const RequestIds::Text& text) { return {text.data(), text.size()}; }

}  // namespace nano
