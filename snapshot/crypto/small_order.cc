#include "snapshot/crypto/small_order.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace nano {
namespace {

constexpr size_t kPointBytes = 32;

// The y coordinates, little-endian, of all points of orders 1, 2, 4 and 8. The sign of x, which is
// the highest bit, does not matter. p stands for 0 and p + 1 for 1, where an encoder did not
// reduce.
constexpr std::array<std::string_view, 7> kPoints = {
    std::string_view("\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
                     "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
                     kPointBytes),
    std::string_view("\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"
                     "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
                     kPointBytes),
    std::string_view("\x26\xe8\x95\x8f\xc2\xb2\x27\xb0\x45\xc3\xf4\x89\xf2\xef\x98\xf0"
                     "\xd5\xdf\xac\x05\xd3\xc6\x33\x39\xb1\x38\x02\x88\x6d\x53\xfc\x05",
                     kPointBytes),
    std::string_view("\xc7\x17\x6a\x70\x3d\x4d\xd8\x4f\xba\x3c\x0b\x76\x0d\x10\x67\x0f"
                     "\x2a\x20\x53\xfa\x2c\x39\xcc\xc6\x4e\xc7\xfd\x77\x92\xac\x03\x7a",
                     kPointBytes),
    std::string_view("\xec\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
                     "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
                     kPointBytes),
    std::string_view("\xed\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
                     "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
                     kPointBytes),
    std::string_view("\xee\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
                     "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
                     kPointBytes),
};

}  // namespace

bool isOfSmallOrder(std::span<const std::byte> point) {
  if (point.size() != kPointBytes) return false;
  std::array<char, kPointBytes> y;
  std::transform(point.begin(), point.end(), y.begin(),
                 [](std::byte byte) { return static_cast<char>(byte); });
  y.back() = static_cast<char>(static_cast<uint8_t>(y.back()) & 0x7f);
  const std::string_view text(y.data(), y.size());
  return std::find(kPoints.begin(), kPoints.end(), text) != kPoints.end();
}

}  // namespace nano
