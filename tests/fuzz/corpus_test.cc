// The committed corpus, and as many mutations of it, through every fuzz target: what a fuzzer once
// found stays found, in every build and with every sanitizer.

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

#include <gtest/gtest.h>

#include "tests/fuzz/fuzz_targets.h"

namespace nano::fuzz {
namespace {

using Input = std::vector<uint8_t>;

constexpr int kMutationsPerSeed = NANO_FUZZ_MUTATIONS;

std::vector<Input> seedsOf(const std::string& target) {
  std::vector<std::filesystem::path> files;
  for (auto& entry : std::filesystem::directory_iterator(NANO_FUZZ_CORPUS "/" + target))
    files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  std::vector<Input> seeds;
  for (auto& file : files) {
    std::ifstream stream(file, std::ios::binary);
    seeds.emplace_back(std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>());
  }
  return seeds;
}

// The same mutations everywhere and always.
class Mutator final {
 public:
  Input mutate(const Input& seed, const Input& other) {
    Input input = seed;
    for (size_t steps = 1 + below(4); steps > 0; steps--)
      step(input, other);
    return input;
  }

 private:
  size_t below(size_t limit) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return static_cast<size_t>(state_ >> 33) % limit;
  }
  void step(Input& input, const Input& other) {
    if (input.empty()) input.push_back(static_cast<uint8_t>(below(256)));
    size_t at = below(input.size());
    auto place = input.begin() + static_cast<ptrdiff_t>(at);
    switch (below(6)) {
      case 0:
        *place ^= static_cast<uint8_t>(1u << below(8));
        return;
      case 1:
        *place = kEdges[below(std::size(kEdges))];
        return;
      case 2:
        input.erase(place, place + static_cast<ptrdiff_t>(1 + below(input.size() - at)));
        return;
      case 3:
        input.insert(place, 1 + below(64), *place);
        return;
      case 4: {
        Input copy(input.begin(), place);
        input.insert(place, copy.begin(), copy.end());
        return;
      }
      case 5:
        input.resize(at);
        input.insert(input.end(), other.begin(), other.end());
        return;
    }
  }

  static constexpr uint8_t kEdges[] = {0,    1,   0x7f, 0x80, 0xff, '\r',
                                       '\n', ' ', ':',  '"',  '\\', '/'};
  uint64_t state_ = 1;
};

class CorpusTest : public testing::TestWithParam<FuzzTarget> {};

TEST_P(CorpusTest, IsReadWithoutHarm) {
  auto seeds = seedsOf(GetParam().name);
  ASSERT_GT(seeds.size(), 2u);
  Mutator mutator;
  for (size_t i = 0; i < seeds.size(); i++) {
    EXPECT_EQ(GetParam().run(seeds[i]), 0);
    for (int round = 0; round < kMutationsPerSeed; round++) {
      Input input = mutator.mutate(seeds[i], seeds[(i + 1) % seeds.size()]);
      EXPECT_EQ(GetParam().run(input), 0);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Targets, CorpusTest,
                         testing::ValuesIn(fuzzTargets().begin(), fuzzTargets().end()),
                         [](const auto& row) { return std::string(row.param.name); });

}  // namespace
}  // namespace nano::fuzz
