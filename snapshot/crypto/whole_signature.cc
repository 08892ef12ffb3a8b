#include "snapshot/crypto/whole_signature.h"

#include <openssl/core_names.h>

#include <array>

namespace nano {
namespace {

// `begin` is EVP_DigestSignInit_ex or the one that verifies.
template <typename Begin>
EvpDigestContext begun(Begin begin, const EvpKey& key, const WholeMessage& message) {
  if (message.data.size() > kMaxWholeMessage) return {};
  std::array params = {OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end()};
  if (!message.context.empty()) {
    auto* context = const_cast<unsigned char*>(octets(message.context));
    params[0] = OSSL_PARAM_construct_octet_string(OSSL_SIGNATURE_PARAM_CONTEXT_STRING, context,
                                                  message.context.size());
  }
  EvpDigestContext context(EVP_MD_CTX_new());
  if (begin(context.get(), nullptr, nullptr, nullptr, nullptr, key.get(), params.data()) != 1) {
    return {};
  }
  return context;
}

}  // namespace

std::optional<SecretBytes> signWhole(const EvpKey& key, const WholeMessage& message) {
  const auto context = begun(EVP_DigestSignInit_ex, key, message);
  const auto data = message.data;
  size_t size = 0;
  if (context == nullptr ||
      EVP_DigestSign(context.get(), nullptr, &size, octets(data), data.size()) != 1) {
    return std::nullopt;
  }
  SecretBytes signature(size);
  if (EVP_DigestSign(context.get(), octets(signature.view()), &size, octets(data), data.size()) !=
          1 ||
      size != signature.size()) {
    return std::nullopt;
  }
  return signature;
}

std::optional<bool> verifyWhole(const EvpKey& key, const WholeMessage& message,
                                std::span<const std::byte> signature) {
  const auto context = begun(EVP_DigestVerifyInit_ex, key, message);
  if (context == nullptr) return std::nullopt;
  return EVP_DigestVerify(context.get(), octets(signature), signature.size(), octets(message.data),
                          message.data.size()) == 1;
}

}  // namespace nano
