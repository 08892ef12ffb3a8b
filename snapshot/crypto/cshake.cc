#include "snapshot/crypto/cshake.h"

#include <array>
#include <vector>

namespace nano {
namespace {

using Digest = std::unique_ptr<EVP_MD, OpenSslRelease<EVP_MD_free>>;

// A number's bytes, and how many there are: before them, or behind.
enum class CountPlace { kBefore, kBehind };
std::vector<std::byte> encoded(uint64_t number, CountPlace place) {
  std::vector<std::byte> bytes;
  do {
    bytes.insert(bytes.begin(), std::byte(number & 0xff));
    number >>= 8;
  } while (number != 0);
  const auto count = static_cast<std::byte>(bytes.size());
  bytes.insert(place == CountPlace::kBefore ? bytes.begin() : bytes.end(), count);
  return bytes;
}

uint64_t bitsOf(size_t bytes) { return uint64_t{bytes} * 8; }

}  // namespace

bool CShake::begin(const Kind& kind) {
  KJ_REQUIRE(kind.bits == 128 || kind.bits == 256);
  rate_ = 200 - size_t{kind.bits} / 4;
  const bool plain = kind.function.empty() && kind.customization.empty();
  // The latter pads as cSHAKE does: OpenSSL has it for its own KMAC.
  const char* name = plain ? (kind.bits == 128 ? "SHAKE-128" : "SHAKE-256")
                           : (kind.bits == 128 ? "KECCAK-KMAC-128" : "KECCAK-KMAC-256");
  const Digest digest(EVP_MD_fetch(nullptr, name, nullptr));
  context_.reset(EVP_MD_CTX_new());
  if (EVP_DigestInit_ex2(context_.get(), digest.get(), nullptr) != 1) return false;
  return plain || updatePadded({kind.function, kind.customization});
}

// bytepad() of encoded strings.
bool CShake::updatePadded(std::initializer_list<std::span<const std::byte>> strings) {
  auto head = encoded(rate_, CountPlace::kBefore);
  size_t size = head.size();
  if (!update(head)) return false;
  for (const auto& text : strings) {
    head = encoded(bitsOf(text.size()), CountPlace::kBefore);
    if (!update(head) || !update(text)) return false;
    size += head.size() + text.size();
  }
  const std::vector<std::byte> padding((rate_ - size % rate_) % rate_);
  return update(padding);
}

bool CShake::update(std::span<const std::byte> data) {
  return inPieces(host_, data, [this](std::span<const std::byte> piece) {
    return EVP_DigestUpdate(context_.get(), piece.data(), piece.size()) == 1;
  });
}

bool CShake::end(std::span<std::byte> out) {
  // OpenSSL gives this pad's result at once only.
  return out.size() <= kMaxShakeBytes &&
         EVP_DigestFinalXOF(context_.get(), octets(out), out.size()) == 1;
}

bool kmac(Host& host, const CShake::Kind& kind, const SecretBytes& key,
          std::span<const std::byte> data, std::span<std::byte> out) {
  constexpr std::array kName = {std::byte{'K'}, std::byte{'M'}, std::byte{'A'}, std::byte{'C'}};
  CShake shake(host);
  return shake.begin({kind.bits, kName, kind.customization}) && shake.updatePadded({key.view()}) &&
         shake.update(data) && shake.update(encoded(bitsOf(out.size()), CountPlace::kBehind)) &&
         shake.end(out);
}

}  // namespace nano
