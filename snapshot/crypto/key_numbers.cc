#include "snapshot/crypto/key_numbers.h"

namespace nano {

BigNumber numberFrom(std::span<const std::byte> bytes) {
  return BigNumber(BN_bin2bn(octets(bytes), static_cast<int>(bytes.size()), nullptr));
}

std::optional<SecretBytes> numberOf(const EvpKey& key, const char* name, size_t size) {
  BIGNUM* raw = nullptr;
  if (EVP_PKEY_get_bn_param(key.get(), name, &raw) != 1) return std::nullopt;
  const BigNumber number(raw);
  SecretBytes bytes(size == 0 ? static_cast<size_t>(BN_num_bytes(raw)) : size);
  if (BN_bn2binpad(raw, octets(bytes.view()), static_cast<int>(bytes.size())) < 0) {
    return std::nullopt;
  }
  return bytes;
}

std::optional<SecretBytes> octetsOf(const EvpKey& key, const char* name) {
  size_t size = 0;
  if (EVP_PKEY_get_octet_string_param(key.get(), name, nullptr, 0, &size) != 1) return std::nullopt;
  SecretBytes bytes(size);
  if (EVP_PKEY_get_octet_string_param(key.get(), name, octets(bytes.view()), size, &size) != 1) {
    return std::nullopt;
  }
  return bytes;
}

EvpKey keyFromParams(const char* type, int selection, const ParamBuilder& builder) {
  const Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  const EvpKeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* key = nullptr;
  if (params == nullptr || context == nullptr || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &key, selection, params.get()) != 1) {
    return {};
  }
  return EvpKey(key);
}

}  // namespace nano
