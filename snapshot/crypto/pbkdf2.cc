#include "snapshot/crypto/pbkdf2.h"

#include <algorithm>
#include <array>

#include "snapshot/crypto/hash.h"

namespace nano {
namespace {

constexpr size_t kMaxBlockBytes = 144;  // SHA3-256 has 136, SHA-512 128.
// About a millisecond.
constexpr uint32_t kIterationsBetweenLooks = 1000;

// HMAC with one key, many times: the states after the padded key are kept and copied.
class Prf final {
 public:
  Prf(const EVP_MD* hash, std::span<const std::byte> key)
      : hash_(hash),
        inner_(EVP_MD_CTX_new()),
        outer_(EVP_MD_CTX_new()),
        running_(EVP_MD_CTX_new()),
        size_(static_cast<size_t>(EVP_MD_get_size(hash))) {
    const auto block = static_cast<size_t>(EVP_MD_get_block_size(hash));
    KJ_REQUIRE(block <= kMaxBlockBytes && size_ <= kMaxHashBytes);
    SecretBytes padded(block);
    if (key.size() > block) {
      unsigned written = 0;
      check(EVP_Digest(key.data(), key.size(), octets(padded.view()), &written, hash, nullptr));
    } else {
      std::copy(key.begin(), key.end(), padded.view().begin());
    }
    start(inner_, padded, std::byte{0x36});
    start(outer_, padded, std::byte{0x5c});
  }

  size_t size() const { return size_; }

  // `out` may be `data`, and has size() bytes.
  void begin() { check(EVP_MD_CTX_copy_ex(running_.get(), inner_.get())); }
  void update(std::span<const std::byte> data) {
    check(EVP_DigestUpdate(running_.get(), data.data(), data.size()));
  }
  void end(std::span<std::byte> out) {
    check(EVP_DigestFinal_ex(running_.get(), octets(out), nullptr));
    check(EVP_MD_CTX_copy_ex(running_.get(), outer_.get()));
    check(EVP_DigestUpdate(running_.get(), out.data(), size_));
    check(EVP_DigestFinal_ex(running_.get(), octets(out), nullptr));
  }

 private:
  static void check(int result) { KJ_REQUIRE(result == 1, "a digest failed"); }

  void start(const EvpDigestContext& context, const SecretBytes& padded, std::byte mask) const {
    SecretBytes masked(padded.view());
    for (auto& byte : masked.view())
      byte ^= mask;
    check(EVP_DigestInit_ex(context.get(), hash_, nullptr));
    check(EVP_DigestUpdate(context.get(), masked.view().data(), masked.size()));
  }

  const EVP_MD* hash_;
  EvpDigestContext inner_;
  EvpDigestContext outer_;
  EvpDigestContext running_;
  size_t size_;
};

}  // namespace

bool pbkdf2(Host& host, const Pbkdf2Work& work, std::span<std::byte> out) {
  Prf prf(work.hash, work.password);
  SecretBytes last(prf.size());
  SecretBytes sum(prf.size());
  uint32_t untilLook = kIterationsBetweenLooks;
  for (uint32_t index = 1; !out.empty(); ++index) {
    const std::array number = {std::byte(index >> 24), std::byte(index >> 16),
                               std::byte(index >> 8), std::byte(index)};
    prf.begin();
    prf.update(work.salt);
    prf.update(number);
    prf.end(last.view());
    std::copy(last.view().begin(), last.view().end(), sum.view().begin());
    for (uint32_t i = 1; i < work.iterations; ++i) {
      prf.begin();
      prf.update(last.view());
      prf.end(last.view());
      for (size_t at = 0; at < prf.size(); ++at)
        sum.view()[at] ^= last.view()[at];
      if (--untilLook == 0) {
        if (host.isStopping()) return false;
        untilLook = kIterationsBetweenLooks;
      }
    }
    const size_t size = std::min(out.size(), prf.size());
    std::copy_n(sum.view().begin(), size, out.begin());
    out = out.subspan(size);
    // With one iteration the salt may be what takes long.
    if (work.salt.size() > kPieceBytes && host.isStopping()) return false;
    if (--untilLook == 0) {
      if (host.isStopping()) return false;
      untilLook = kIterationsBetweenLooks;
    }
  }
  return true;
}

}  // namespace nano
