#include "snapshot/crypto/message_signature.h"

namespace nano {

std::optional<SecretBytes> signMessage(Host& host, const EvpKey& key, const SignatureScheme& scheme,
                                       std::span<const std::byte> data) {
  const EvpDigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* padding = nullptr;
  if (EVP_DigestSignInit(context.get(), &padding, scheme.hash, nullptr, key.get()) != 1 ||
      !scheme.prepare(padding, scheme.preparedWith) ||
      !inPieces(host, data, [&context](std::span<const std::byte> piece) {
        return EVP_DigestSignUpdate(context.get(), piece.data(), piece.size()) == 1;
      })) {
    return std::nullopt;
  }
  size_t size = 0;
  if (EVP_DigestSignFinal(context.get(), nullptr, &size) != 1) return std::nullopt;
  std::vector<std::byte> room(size);
  if (EVP_DigestSignFinal(context.get(), octets(std::span(room)), &size) != 1) return std::nullopt;
  return SecretBytes(std::span<const std::byte>(room).first(size));
}

std::optional<bool> verifyMessage(Host& host, const EvpKey& key, const SignatureScheme& scheme,
                                  std::span<const std::byte> signature,
                                  std::span<const std::byte> data) {
  const EvpDigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* padding = nullptr;
  if (EVP_DigestVerifyInit(context.get(), &padding, scheme.hash, nullptr, key.get()) != 1 ||
      !scheme.prepare(padding, scheme.preparedWith) ||
      !inPieces(host, data, [&context](std::span<const std::byte> piece) {
        return EVP_DigestVerifyUpdate(context.get(), piece.data(), piece.size()) == 1;
      })) {
    return std::nullopt;
  }
  return EVP_DigestVerifyFinal(context.get(), octets(signature), signature.size()) == 1;
}

}  // namespace nano
