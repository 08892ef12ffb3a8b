#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>

#include "snapshot/crypto/crypto_call.h"

namespace nano {

inline constexpr size_t kCipherBlock = 16;

using CipherFunction = const EVP_CIPHER* (*)();
// For keys of 128, 192 and 256 bits.
using AesFamily = std::array<CipherFunction, 3>;
// Ends in a KJ exception for a key that AES does not have.
const EVP_CIPHER* aesCipher(const AesFamily& family, const SecretBytes& key);

enum class CipherDirection { kDecrypt = 0, kEncrypt = 1 };
// As built-ins number them.
CipherDirection cipherDirection(uint32_t number);

// One message on its way through a cipher. Each step is false when it fails.
class CipherRun final {
 public:
  explicit CipherRun(Host& host) : host_(host), context_(EVP_CIPHER_CTX_new()) {}

  bool begin(const EVP_CIPHER* cipher, const SecretBytes& key, std::span<const std::byte> iv,
             CipherDirection direction);
  // `out` has room for all of `data`. A null `out` is for data that is only authenticated.
  bool update(std::span<const std::byte> data, std::byte* out);
  // How much update() has written.
  size_t written() const { return written_; }
  // How much came at the end.
  std::optional<size_t> end(std::byte* out);
  EVP_CIPHER_CTX* context() { return context_.get(); }

 private:
  Host& host_;
  EvpCipherContext context_;
  size_t written_ = 0;
};

}  // namespace nano
