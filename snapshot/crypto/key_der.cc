#include "snapshot/crypto/key_der.h"

#include <openssl/asn1.h>
#include <openssl/core_names.h>
#include <openssl/objects.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "snapshot/crypto/key_numbers.h"

namespace nano {
namespace {

using Algorithm = std::unique_ptr<X509_ALGOR, OpenSslRelease<X509_ALGOR_free>>;

using ObjectName = std::unique_ptr<ASN1_OBJECT, OpenSslRelease<ASN1_OBJECT_free>>;

// What is inside of an element, and the first octet of what it is.
struct Element {
  unsigned char type;
  std::span<const unsigned char> content;
};
constexpr unsigned char kInteger = 0x02;
constexpr unsigned char kOctetString = 0x04;
constexpr unsigned char kSequence = 0x30;
constexpr unsigned char kCurve = 0xa0;      // [0] of an ECPrivateKey
constexpr unsigned char kPublicKey = 0xa1;  // [1] of it

// Takes the first element off; null where there is none that says its length. Nothing is copied:
// it may be a secret.
std::optional<Element> takeElement(std::span<const unsigned char>& rest) {
  if (rest.empty()) return std::nullopt;
  const unsigned char* at = rest.data();
  long size = 0;
  int tag = 0;
  int tagClass = 0;
  const int form = ASN1_get_object(&at, &size, &tag, &tagClass, static_cast<long>(rest.size()));
  if ((form & ~V_ASN1_CONSTRUCTED) != 0) return std::nullopt;
  const Element element{rest[0], {at, static_cast<size_t>(size)}};
  rest = rest.subspan(static_cast<size_t>(at - rest.data()) + element.content.size());
  return element;
}

// A private key of 8192 bits takes 4.7 kB, one of P-521 250 bytes.
constexpr size_t kMaxRsaBytes = size_t{5} << 10;
constexpr size_t kMaxCurveBytes = 512;
// The longest are private keys with seed and all that comes of it: 4968 bytes of ML-DSA-87.
constexpr size_t kMaxLatticeBytes = size_t{5} << 10;

// Null where the parameter is not one of the curves' names.
const ASN1_OBJECT* namedCurveOf(const X509_ALGOR* algorithm) {
  int type = V_ASN1_UNDEF;
  const void* value = nullptr;
  X509_ALGOR_get0(nullptr, &type, &value, algorithm);
  if (type != V_ASN1_OBJECT) return nullptr;
  const auto* name = static_cast<const ASN1_OBJECT*>(value);
  const int curve = OBJ_obj2nid(name);
  const bool known =
      curve == NID_X9_62_prime256v1 || curve == NID_secp384r1 || curve == NID_secp521r1;
  return known ? name : nullptr;
}

int kindOf(const X509_ALGOR* algorithm) {
  const ASN1_OBJECT* kind = nullptr;
  X509_ALGOR_get0(&kind, nullptr, nullptr, algorithm);
  return OBJ_obj2nid(kind);
}

bool isLattice(int kind) {
  switch (kind) {
    case NID_ML_KEM_512:
    case NID_ML_KEM_768:
    case NID_ML_KEM_1024:
    case NID_ML_DSA_44:
    case NID_ML_DSA_65:
    case NID_ML_DSA_87:
      return true;
    default:
      return false;
  }
}

// Whether a key of this algorithm is decoded when it has this size.
bool isDecoded(const X509_ALGOR* algorithm, size_t size) {
  switch (kindOf(algorithm)) {
    case NID_rsaEncryption:
      return size <= kMaxRsaBytes;
    case NID_X9_62_id_ecPublicKey:
      return size <= kMaxCurveBytes && namedCurveOf(algorithm) != nullptr;
    case NID_ED25519:
    case NID_ED448:
    case NID_X25519:
    case NID_X448:
      return size <= kMaxCurveBytes;
    default:
      return isLattice(kindOf(algorithm)) && size <= kMaxLatticeBytes;
  }
}

bool isName(std::span<const unsigned char> der, const ASN1_OBJECT* name) {
  const unsigned char* at = der.data();
  const ObjectName other(d2i_ASN1_OBJECT(nullptr, &at, static_cast<long>(der.size())));
  return other != nullptr && OBJ_cmp(other.get(), name) == 0;
}

// An ECPrivateKey (RFC 5915) can have parameters of its own, and OpenSSL would take those.
bool keepsToCurve(std::span<const unsigned char> ecPrivateKey, const ASN1_OBJECT* name) {
  const auto whole = takeElement(ecPrivateKey);
  if (!whole || whole->type != kSequence) return false;
  auto rest = whole->content;
  while (!rest.empty()) {
    const auto element = takeElement(rest);
    if (!element) return false;
    switch (element->type) {
      case kInteger:
      case kOctetString:
      case kPublicKey:
        break;
      case kCurve:
        if (!isName(element->content, name)) return false;
        break;
      default:
        return false;
    }
  }
  return true;
}

// d2i_X509_PUBKEY would decode the key too, so the algorithm is read alone.
Algorithm algorithmOfSpki(std::span<const std::byte> der) {
  std::span rest(octets(der), der.size());
  const auto whole = takeElement(rest);
  if (!whole || whole->type != kSequence) return {};
  const unsigned char* at = whole->content.data();
  return Algorithm(d2i_X509_ALGOR(nullptr, &at, static_cast<long>(whole->content.size())));
}

// The seed alone (RFC 9935, RFC 9881): OpenSSL writes all that comes of it as well. Null without
// one.
PKCS8_PRIV_KEY_INFO* pkcs8OfSeed(const EvpKey& key, int kind) {
  constexpr unsigned char kSeed = 0x80;  // [0] of an ML-KEM-PrivateKey or ML-DSA-PrivateKey.
  // ML-DSA has it by that name too.
  const auto seed = octetsOf(key, OSSL_PKEY_PARAM_ML_KEM_SEED);
  if (!seed) return nullptr;
  const size_t size = seed->size() + 2;
  auto* inner = static_cast<unsigned char*>(OPENSSL_malloc(size));
  KJ_REQUIRE(inner != nullptr && size < 128);
  inner[0] = kSeed;
  inner[1] = static_cast<unsigned char>(seed->size());
  std::copy_n(octets(seed->view()), seed->size(), inner + 2);
  Pkcs8 info(PKCS8_PRIV_KEY_INFO_new());
  // It owns `inner` then, and cleanses it.
  if (PKCS8_pkey_set0(info.get(), OBJ_nid2obj(kind), 0, V_ASN1_UNDEF, nullptr, inner,
                      static_cast<int>(size)) != 1) {
    OPENSSL_clear_free(inner, size);
    return nullptr;
  }
  return info.release();
}

}  // namespace

EvpKey keyFromSpkiDer(std::span<const std::byte> der) {
  if (der.size() > kMaxRsaBytes) return {};
  const auto algorithm = algorithmOfSpki(der);
  if (algorithm == nullptr || !isDecoded(algorithm.get(), der.size())) return {};
  const unsigned char* at = octets(der);
  const auto* end = at + der.size();
  EvpKey key(d2i_PUBKEY_ex(nullptr, &at, static_cast<long>(der.size()), nullptr, nullptr));
  return at == end ? std::move(key) : EvpKey();
}

std::optional<SecretBytes> pkcs8DerOf(const EvpKey& key) {
  const char* name = EVP_PKEY_get0_type_name(key.get());
  const int kind = name == nullptr ? NID_undef : OBJ_txt2nid(name);
  const Pkcs8 info(isLattice(kind) ? pkcs8OfSeed(key, kind) : EVP_PKEY2PKCS8(key.get()));
  const int size = info == nullptr ? -1 : i2d_PKCS8_PRIV_KEY_INFO(info.get(), nullptr);
  if (size < 0) return std::nullopt;
  SecretBytes der(static_cast<size_t>(size));
  unsigned char* at = octets(der.view());
  if (i2d_PKCS8_PRIV_KEY_INFO(info.get(), &at) != size) return std::nullopt;
  return der;
}

EvpKey keyFromPkcs8Der(std::span<const std::byte> der) {
  if (der.size() > kMaxRsaBytes) return {};
  const unsigned char* at = octets(der);
  const auto* end = at + der.size();
  const Pkcs8 parsed(d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
  if (parsed == nullptr || at != end) return {};
  const unsigned char* inner = nullptr;
  int innerSize = 0;
  const X509_ALGOR* algorithm = nullptr;
  if (PKCS8_pkey_get0(nullptr, &inner, &innerSize, &algorithm, parsed.get()) != 1 ||
      !isDecoded(algorithm, der.size())) {
    return {};
  }
  if (kindOf(algorithm) == NID_X9_62_id_ecPublicKey &&
      !keepsToCurve({inner, static_cast<size_t>(innerSize)}, namedCurveOf(algorithm))) {
    return {};
  }
  return EvpKey(EVP_PKCS82PKEY_ex(parsed.get(), nullptr, nullptr));
}

}  // namespace nano
