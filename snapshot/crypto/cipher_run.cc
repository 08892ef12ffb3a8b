#include "snapshot/crypto/cipher_run.h"

namespace nano {

const EVP_CIPHER* aesCipher(const AesFamily& family, const SecretBytes& key) {
  switch (key.size()) {
    case 16:
      return family[0]();
    case 24:
      return family[1]();
    case 32:
      return family[2]();
    default:
      KJ_FAIL_REQUIRE("AES has no such key", key.size());
  }
}

CipherDirection cipherDirection(uint32_t number) {
  return number == 0 ? CipherDirection::kDecrypt : CipherDirection::kEncrypt;
}

bool CipherRun::begin(const EVP_CIPHER* cipher, const SecretBytes& key,
                      std::span<const std::byte> iv, CipherDirection direction) {
  return EVP_CipherInit_ex2(context_.get(), cipher, octets(key.view()), octets(iv),
                            static_cast<int>(direction), nullptr) == 1;
}

bool CipherRun::update(std::span<const std::byte> data, std::byte* out) {
  return inPieces(host_, data, [this, &out](std::span<const std::byte> piece) {
    int written = 0;
    if (EVP_CipherUpdate(context_.get(), reinterpret_cast<unsigned char*>(out), &written,
                         octets(piece), static_cast<int>(piece.size())) != 1) {
      return false;
    }
    if (out != nullptr) {
      out += written;
      written_ += static_cast<size_t>(written);
    }
    return true;
  });
}

std::optional<size_t> CipherRun::end(std::byte* out) {
  int written = 0;
  if (EVP_CipherFinal_ex(context_.get(), reinterpret_cast<unsigned char*>(out), &written) != 1) {
    return std::nullopt;
  }
  return static_cast<size_t>(written);
}

}  // namespace nano
