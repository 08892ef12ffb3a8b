#include "snapshot/crypto/argon2.h"

#include <openssl/core_names.h>

#include <algorithm>
#include <bit>
#include <initializer_list>
#include <new>
#include <utility>

namespace nano {
namespace {

static_assert(std::endian::native == std::endian::little, "blocks are numbers of this machine");

using Block = Argon2Memory::Block;
using Digest = std::unique_ptr<EVP_MD, OpenSslRelease<EVP_MD_free>>;

constexpr uint32_t kSlices = 4;
constexpr uint32_t kVersion = 0x13;
constexpr size_t kHashBytes = 64;
// About a millisecond.
constexpr uint32_t kBlocksBetweenLooks = 1024;

std::array<std::byte, 4> littleEndian(uint32_t number) {
  return std::bit_cast<std::array<std::byte, 4>>(number);
}

// BLAKE2b of these, one after the other; `out` has at most 64 bytes.
void blake2b(std::initializer_list<std::span<const std::byte>> parts, std::span<std::byte> out) {
  const Digest digest(EVP_MD_fetch(nullptr, "BLAKE2B-512", nullptr));
  const EvpDigestContext context(EVP_MD_CTX_new());
  size_t size = out.size();
  const std::array params = {OSSL_PARAM_construct_size_t(OSSL_DIGEST_PARAM_SIZE, &size),
                             OSSL_PARAM_construct_end()};
  bool good = EVP_DigestInit_ex2(context.get(), digest.get(), params.data()) == 1;
  for (const auto& part : parts)
    good = good && EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1;
  KJ_REQUIRE(good && EVP_DigestFinal_ex(context.get(), octets(out), nullptr) == 1);
}

// H' (3.3): as many bytes as `out` has.
void longHash(std::span<const std::byte> first, std::span<const std::byte> second,
              std::span<std::byte> out) {
  const auto size = littleEndian(static_cast<uint32_t>(out.size()));
  if (out.size() <= kHashBytes) {
    blake2b({size, first, second}, out);
    return;
  }
  SecretBytes value(kHashBytes);
  blake2b({size, first, second}, value.view());
  while (out.size() > kHashBytes) {
    std::copy_n(value.view().begin(), kHashBytes / 2, out.begin());
    out = out.subspan(kHashBytes / 2);
    const SecretBytes last(value.view());
    blake2b({last.view()}, value.view().first(std::min(out.size(), kHashBytes)));
  }
  std::copy_n(value.view().begin(), out.size(), out.begin());
}

void mix(uint64_t& a, uint64_t& b, uint64_t& c, uint64_t& d) {
  constexpr auto multiplied = [](uint64_t x, uint64_t y) {
    return x + y + 2 * (x & UINT32_MAX) * (y & UINT32_MAX);
  };
  a = multiplied(a, b);
  d = std::rotr(d ^ a, 32);
  c = multiplied(c, d);
  b = std::rotr(b ^ c, 24);
  a = multiplied(a, b);
  d = std::rotr(d ^ a, 16);
  c = multiplied(c, d);
  b = std::rotr(b ^ c, 63);
}

// P (3.6), on the sixteen words that are `step` apart in pairs.
void permute(uint64_t* first, size_t step) {
  const auto word = [first, step](size_t i) -> uint64_t& { return first[i / 2 * step + i % 2]; };
  for (size_t i = 0; i < 4; ++i)
    mix(word(i), word(i + 4), word(i + 8), word(i + 12));
  for (size_t i = 0; i < 4; ++i)
    mix(word(i), word(4 + (i + 1) % 4), word(8 + (i + 2) % 4), word(12 + (i + 3) % 4));
}

// G (3.5) of two blocks, into `out`, or on top of what it has.
enum class Onto { kNothing, kWhatWasThere };
void compress(const Block& x, const Block& y, Block& out, Onto onto) {
  Block mixed;
  for (size_t i = 0; i < mixed.size(); ++i)
    mixed[i] = x[i] ^ y[i];
  Block kept = mixed;
  if (onto == Onto::kWhatWasThere) {
    for (size_t i = 0; i < kept.size(); ++i)
      kept[i] ^= out[i];
  }
  for (size_t row = 0; row < 8; ++row)
    permute(&mixed[row * 16], 2);
  for (size_t column = 0; column < 8; ++column)
    permute(&mixed[column * 2], 16);
  for (size_t i = 0; i < kept.size(); ++i)
    out[i] = kept[i] ^ mixed[i];
}

// Where in the memory filling has come to.
struct Place {
  uint32_t pass;
  uint32_t slice;
  uint32_t lane;
};

// The numbers that choose blocks where the password must not: independent of all that is secret.
class Addresses final {
 public:
  Addresses(const Argon2Work& work, const Place& place, size_t blocks) {
    input_[0] = place.pass;
    input_[1] = place.lane;
    input_[2] = place.slice;
    input_[3] = blocks;
    input_[4] = work.passes;
    input_[5] = static_cast<uint64_t>(work.kind);
  }
  uint64_t at(size_t index) {
    if (index / numbers_.size() + 1 != input_[6]) {
      input_[6] = index / numbers_.size() + 1;
      compress(Block{}, input_, numbers_, Onto::kNothing);
      const Block once = numbers_;
      compress(Block{}, once, numbers_, Onto::kNothing);
    }
    return numbers_[index % numbers_.size()];
  }

 private:
  Block input_{};
  Block numbers_{};
};

// Each takes two long hashes, some 25 us.
constexpr uint32_t kLanesBetweenLooks = 64;

class Filling final {
 public:
  Filling(Host& host, const Argon2Work& work, std::span<Block> blocks)
      : host_(host),
        work_(work),
        blocks_(blocks),
        columns_(blocks.size() / work.lanes),
        segment_(columns_ / kSlices) {}

  // The first two blocks of each lane. False, as of run(): it was stopped.
  bool begin(size_t tagBytes);
  bool run();
  void end(std::span<std::byte> tag) const;

 private:
  bool fillSegment(const Place& place);
  const Block& chosen(const Place& place, size_t index, uint64_t number) const;
  Block& at(size_t lane, size_t column) const { return blocks_[lane * columns_ + column]; }

  Host& host_;
  const Argon2Work& work_;
  const std::span<Block> blocks_;
  const size_t columns_;
  const size_t segment_;
  uint32_t untilLook_ = kBlocksBetweenLooks;
};

bool Filling::begin(size_t tagBytes) {
  const auto number = [](size_t value) { return littleEndian(static_cast<uint32_t>(value)); };
  SecretBytes seed(kHashBytes);
  blake2b(
      {number(work_.lanes), number(tagBytes), number(work_.memoryKiB), number(work_.passes),
       number(kVersion), number(static_cast<uint32_t>(work_.kind)), number(work_.password.size()),
       work_.password, number(work_.nonce.size()), work_.nonce, number(work_.secret.size()),
       work_.secret, number(work_.associated.size()), work_.associated},
      seed.view());
  for (uint32_t lane = 0; lane < work_.lanes; ++lane) {
    for (uint32_t column = 0; column < 2; ++column) {
      const std::array place = {column, lane};
      longHash(seed.view(), std::as_bytes(std::span(place)),
               std::as_writable_bytes(std::span(at(lane, column))));
    }
    if ((lane + 1) % kLanesBetweenLooks == 0 && host_.isStopping()) return false;
  }
  return true;
}

// The block that another is made from (3.4.2), by the number that says so.
const Block& Filling::chosen(const Place& place, size_t index, uint64_t number) const {
  const bool isFirst = place.pass == 0 && place.slice == 0;
  const size_t lane = isFirst ? place.lane : (number >> 32) % work_.lanes;
  // Those that are there already: before this segment, or in it in this lane.
  size_t count = place.pass == 0 ? place.slice * segment_ : columns_ - segment_;
  if (lane == place.lane) {
    count += index - 1;
  } else if (index == 0) {
    count -= 1;
  }
  const uint64_t low = number & UINT32_MAX;
  const size_t back = (count * (low * low >> 32)) >> 32;
  const size_t start = place.pass == 0 ? 0 : (place.slice + 1) % kSlices * segment_;
  return at(lane, (start + count - 1 - back) % columns_);
}

bool Filling::fillSegment(const Place& place) {
  Addresses addresses(work_, place, blocks_.size());
  const bool isBlind = work_.kind == Argon2Kind::kI ||
                       (work_.kind == Argon2Kind::kId && place.pass == 0 && place.slice < 2);
  const auto onto = place.pass == 0 ? Onto::kNothing : Onto::kWhatWasThere;
  for (size_t i = place.pass == 0 && place.slice == 0 ? 2 : 0; i < segment_; ++i) {
    const size_t column = place.slice * segment_ + i;
    const Block& last = at(place.lane, column == 0 ? columns_ - 1 : column - 1);
    const uint64_t number = isBlind ? addresses.at(i) : last[0];
    compress(last, chosen(place, i, number), at(place.lane, column), onto);
    if (--untilLook_ == 0) {
      if (host_.isStopping()) return false;
      untilLook_ = kBlocksBetweenLooks;
    }
  }
  return true;
}

bool Filling::run() {
  for (uint32_t pass = 0; pass < work_.passes; ++pass) {
    for (uint32_t slice = 0; slice < kSlices; ++slice) {
      for (uint32_t lane = 0; lane < work_.lanes; ++lane) {
        if (!fillSegment({pass, slice, lane})) return false;
      }
    }
  }
  return true;
}

void Filling::end(std::span<std::byte> tag) const {
  Block sum = at(0, columns_ - 1);
  for (uint32_t lane = 1; lane < work_.lanes; ++lane) {
    for (size_t i = 0; i < sum.size(); ++i)
      sum[i] ^= at(lane, columns_ - 1)[i];
  }
  longHash(std::as_bytes(std::span(sum)), {}, tag);
  OPENSSL_cleanse(sum.data(), sizeof sum);
}

size_t blocksFor(const Argon2Work& work) {
  const uint64_t unit = uint64_t{kSlices} * work.lanes;
  return static_cast<size_t>(work.memoryKiB / unit * unit);
}

}  // namespace

Argon2Kind argon2Kind(uint32_t number) {
  KJ_REQUIRE(number <= static_cast<uint32_t>(Argon2Kind::kId));
  return static_cast<Argon2Kind>(number);
}

bool isPossible(const Argon2Work& work) {
  constexpr uint32_t kMaxLanes = (1U << 24) - 1;
  constexpr size_t kMinNonce = 8;
  // These are hashed at once.
  const size_t hashed = work.nonce.size() + work.secret.size() + work.associated.size();
  return work.lanes > 0 && work.lanes <= kMaxLanes && work.passes > 0 &&
         work.memoryKiB >= uint64_t{2} * kSlices * work.lanes && work.nonce.size() >= kMinNonce &&
         hashed <= kMaxArgon2Extra;
}

std::unique_ptr<Argon2Memory> Argon2Memory::forWork(Host& host, const Argon2Work& work) {
  std::unique_ptr<Argon2Memory> memory(new Argon2Memory());
  memory->count_ = blocksFor(work);
  const auto* keys = host.keys();
  if (keys != nullptr && keys->budget() != nullptr &&
      !memory->share_.add(keys->budget(), memory->count_ * sizeof(Block))) {
    return nullptr;
  }
  memory->blocks_.reset(new (std::nothrow) Block[memory->count_]);
  return memory->blocks_ == nullptr ? nullptr : std::move(memory);
}

Argon2Memory::~Argon2Memory() {
  if (blocks_ != nullptr) OPENSSL_cleanse(blocks_.get(), count_ * sizeof(Block));
}

bool argon2(Host& host, const Argon2Work& work, const Argon2Memory& memory,
            std::span<std::byte> out) {
  Filling filling(host, work, memory.blocks());
  if (!filling.begin(out.size()) || !filling.run()) return false;
  filling.end(out);
  return true;
}

}  // namespace nano
