#include "snapshot/crypto/scrypt.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "snapshot/budgeted_memory.h"
#include "snapshot/crypto/openssl.h"
#include "snapshot/crypto/pbkdf2.h"

namespace nano {
namespace {

static_assert(std::endian::native == std::endian::little, "blocks are little-endian words");

constexpr size_t kWords = 16;
using Block = std::array<uint32_t, kWords>;
constexpr size_t kBlockBytes = sizeof(Block);
// With these no product overflows.
constexpr uint64_t kMostBytes = uint64_t{1} << 32;
// About a millisecond.
constexpr size_t kBytesBetweenLooks = size_t{1} << 19;

// RFC 7914, section 3.
void salsa20Of8(Block& block) {
  Block x = block;
  const auto mix = [&x](size_t to, size_t a, size_t b, int bits) {
    x[to] ^= std::rotl(x[a] + x[b], bits);
  };
  const auto quarter = [&mix](const std::array<size_t, 4>& i) {
    mix(i[1], i[0], i[3], 7);
    mix(i[2], i[1], i[0], 9);
    mix(i[3], i[2], i[1], 13);
    mix(i[0], i[3], i[2], 18);
  };
  for (int round = 0; round < 4; ++round) {
    quarter({0, 4, 8, 12});
    quarter({5, 9, 13, 1});
    quarter({10, 14, 2, 6});
    quarter({15, 3, 7, 11});
    quarter({0, 1, 2, 3});
    quarter({5, 6, 7, 4});
    quarter({10, 11, 8, 9});
    quarter({15, 12, 13, 14});
  }
  for (size_t i = 0; i < kWords; ++i)
    block[i] += x[i];
}

// Section 4: `blocks` has 2r of them; `room` has as many.
void blockMix(std::span<Block> blocks, std::span<Block> room) {
  Block x = blocks.back();
  for (size_t i = 0; i < blocks.size(); ++i) {
    for (size_t word = 0; word < kWords; ++word)
      x[word] ^= blocks[i][word];
    salsa20Of8(x);
    room[i / 2 + (i % 2 == 0 ? 0 : blocks.size() / 2)] = x;
  }
  std::copy(room.begin(), room.end(), blocks.begin());
}

// Memory on a budget, overwritten before it is given back.
class Room final {
 public:
  Room(const std::shared_ptr<BufferBudget>& budget, size_t blocks)
      : memory_(budget),
        bytes_(blocks * kBlockBytes),
        start_(BudgetedMemory::allocate(&memory_, bytes_)) {}
  ~Room() {
    if (start_ != nullptr) OPENSSL_cleanse(start_, bytes_);
    BudgetedMemory::release(&memory_, start_);
  }
  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  bool isThere() const { return start_ != nullptr; }
  std::span<Block> blocks() { return {static_cast<Block*>(start_), bytes_ / kBlockBytes}; }

 private:
  BudgetedMemory memory_;
  size_t bytes_;
  void* start_;
};

// Section 5, for one of the parallel parts.
class Mixer final {
 public:
  Mixer(Host& host, const ScryptWork& work, std::span<Block> table, std::span<Block> room)
      : host_(host),
        cost_(work.cost),
        table_(table),
        room_(room) {}

  // False when it was stopped.
  bool mix(std::span<Block> part) {
    for (size_t i = 0; i < cost_; ++i) {
      if (mustStop(part.size())) return false;
      std::copy(part.begin(), part.end(), entry(i, part.size()).begin());
      blockMix(part, room_);
    }
    for (size_t i = 0; i < cost_; ++i) {
      if (mustStop(part.size())) return false;
      const auto other = entry(part.back()[0] & (cost_ - 1), part.size());
      for (size_t block = 0; block < part.size(); ++block) {
        for (size_t word = 0; word < kWords; ++word)
          part[block][word] ^= other[block][word];
      }
      blockMix(part, room_);
    }
    return true;
  }

 private:
  std::span<Block> entry(size_t index, size_t size) { return table_.subspan(index * size, size); }
  bool mustStop(size_t blocks) {
    sinceLook_ += blocks * kBlockBytes;
    if (sinceLook_ < kBytesBetweenLooks) return false;
    sinceLook_ = 0;
    return host_.isStopping();
  }

  Host& host_;
  const size_t cost_;
  std::span<Block> table_;
  std::span<Block> room_;
  size_t sinceLook_ = 0;
};

bool isPossible(const ScryptWork& work) {
  if (work.cost < 2 || !std::has_single_bit(work.cost)) return false;
  if (work.blockSize == 0 || work.parallel == 0) return false;
  const uint64_t partBytes = uint64_t{2} * kBlockBytes * work.blockSize;
  return partBytes <= kMostBytes / work.cost && partBytes <= kMostBytes / work.parallel;
}

}  // namespace

bool scrypt(Host& host, const ScryptWork& work, const std::shared_ptr<BufferBudget>& budget,
            std::span<std::byte> out) {
  if (!isPossible(work)) return false;
  const size_t partBlocks = size_t{2} * work.blockSize;
  Room parts(budget, partBlocks * work.parallel);
  Room table(budget, partBlocks * work.cost);
  Room room(budget, partBlocks);
  if (!parts.isThere() || !table.isThere() || !room.isThere()) return false;
  const auto bytes = std::as_writable_bytes(parts.blocks());
  if (!pbkdf2(host, {EVP_sha256(), work.password, work.salt, 1}, bytes)) return false;
  Mixer mixer(host, work, table.blocks(), room.blocks());
  for (size_t part = 0; part < work.parallel; ++part) {
    if (!mixer.mix(parts.blocks().subspan(part * partBlocks, partBlocks))) return false;
  }
  return pbkdf2(host, {EVP_sha256(), work.password, bytes, 1}, out);
}

}  // namespace nano
