#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <span>

#include "snapshot/crypto/crypto_call.h"

namespace nano {

// The most that is made at once: some ten milliseconds.
inline constexpr size_t kMaxShakeBytes = size_t{16} << 20;

// cSHAKE and KMAC of 128 or 256 bits (NIST SP 800-185) over OpenSSL's Keccak, which has no cSHAKE
// by that name, and a KMAC for keys of 4 to 512 bytes only. Each step is false when it fails or the
// app's limits say stop.
class CShake final {
 public:
  struct Kind {
    uint32_t bits;  // 128 or 256, or it ends in a KJ exception.
    std::span<const std::byte> function;
    std::span<const std::byte> customization;
  };

  explicit CShake(Host& host) : host_(host) {}

  bool begin(const Kind& kind);
  bool update(std::span<const std::byte> data);
  // Once.
  bool end(std::span<std::byte> out);

 private:
  friend bool kmac(Host& host, const Kind& kind, const SecretBytes& key,
                   std::span<const std::byte> data, std::span<std::byte> out);

  bool updatePadded(std::initializer_list<std::span<const std::byte>> strings);

  Host& host_;
  EvpDigestContext context_;
  size_t rate_ = 0;
};

// The function's name is KMAC's, whatever `kind` says.
bool kmac(Host& host, const CShake::Kind& kind, const SecretBytes& key,
          std::span<const std::byte> data, std::span<std::byte> out);

}  // namespace nano
