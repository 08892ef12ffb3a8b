#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "snapshot/buffer_budget.h"
#include "snapshot/crypto/crypto_call.h"

namespace nano {

// By the numbers of RFC 9106, which snapshot/js/crypto/kdf.js has too.
enum class Argon2Kind : uint32_t { kD = 0, kI = 1, kId = 2 };
// Ends in a KJ exception for another number.
Argon2Kind argon2Kind(uint32_t number);

struct Argon2Work {
  Argon2Kind kind;
  std::span<const std::byte> password;
  std::span<const std::byte> nonce;
  std::span<const std::byte> secret;
  std::span<const std::byte> associated;
  uint32_t memoryKiB;
  uint32_t passes;
  uint32_t lanes;
};

inline constexpr size_t kMinArgon2Bytes = 4;
// The most of nonce, secret and associated data together: nobody looks while they are hashed.
inline constexpr size_t kMaxArgon2Extra = size_t{16} << 20;

// Whether it is within what RFC 9106 allows, and that bound.
bool isPossible(const Argon2Work& work);

// The blocks that Argon2 works in, on the app's budget. They are cleansed in the end.
class Argon2Memory final {
 public:
  using Block = std::array<uint64_t, 128>;

  // Null without memory. `work` is possible.
  static std::unique_ptr<Argon2Memory> forWork(Host& host, const Argon2Work& work);
  ~Argon2Memory();
  Argon2Memory(const Argon2Memory&) = delete;
  Argon2Memory& operator=(const Argon2Memory&) = delete;

  std::span<Block> blocks() const { return {blocks_.get(), count_}; }

 private:
  Argon2Memory() = default;

  BufferShare share_;
  std::unique_ptr<Block[]> blocks_;
  size_t count_ = 0;
};

// Argon2, version 1.3 (RFC 9106), over OpenSSL's BLAKE2b, as many bytes as `out` has. OpenSSL's own
// cannot be stopped, and a tenant chooses how long it takes: this one looks at the host from time
// to time. The lanes are filled one after the other. False when it was stopped.
bool argon2(Host& host, const Argon2Work& work, const Argon2Memory& memory,
            std::span<std::byte> out);

}  // namespace nano
