// The filter as it is committed, instruction by instruction: a change of the table, of the code
// that compiles it or of libseccomp is seen as a change of these files, and reviewed as one.

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>

#include <gtest/gtest.h>
#include <seccomp.h>

#include "sandbox/filter_listing.h"
#include "sandbox/seccomp_filter.h"

namespace nano {
namespace {

// A worker is process 1 of its namespace; the filter has its number.
constexpr pid_t kSelf = 1;
constexpr char kRegenerate[] = "NANO_WRITE_GOLDEN=1";

struct GoldenFilter {
  const char* file;
  uint32_t architecture;
  SandboxSpec::Code code;
};

class GoldenTest : public testing::TestWithParam<GoldenFilter> {};

std::string readFile(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The first line in which they differ, of both.
std::string difference(const std::string& expected, const std::string& actual) {
  std::istringstream left(expected);
  std::istringstream right(actual);
  std::string committed;
  std::string generated;
  do {
    committed = "(its end)";
    generated = "(its end)";
    bool more = static_cast<bool>(std::getline(left, committed));
    more = static_cast<bool>(std::getline(right, generated)) || more;
    if (!more) return "nothing";
  } while (committed == generated);
  return "committed: " + committed + "\ngenerated: " + generated;
}

TEST_P(GoldenTest, TheFilterIsTheCommittedOne) {
  SandboxSpec spec;
  spec.code = GetParam().code;
  std::string text =
      listFilter(compileFilterFor(GetParam().architecture, syscallPolicy(spec, kSelf)),
                 GetParam().architecture);
  std::string path = std::string(NANO_GOLDEN_DIR) + "/" + GetParam().file;
  if (getenv("NANO_WRITE_GOLDEN") != nullptr) {
    std::ofstream(path) << text;
  }
  std::string committed = readFile(path);
  EXPECT_TRUE(committed == text)
      << "The seccomp filter is not the one in sandbox/golden/" << GetParam().file << ".\n"
      << difference(committed, text) << "\nIf that is what you want, write the files anew with\n  "
      << kRegenerate << " build/release/bin/nano_sandbox_test --gtest_filter='*Golden*'\n"
      << "and look at 'git diff sandbox/golden'.";
}

INSTANTIATE_TEST_SUITE_P(
    Filters, GoldenTest,
    testing::Values(
        GoldenFilter{"x86_64-default.txt", SCMP_ARCH_X86_64, SandboxSpec::Code::kJit},
        GoldenFilter{"x86_64-jitless.txt", SCMP_ARCH_X86_64, SandboxSpec::Code::kJitless},
        GoldenFilter{"aarch64-default.txt", SCMP_ARCH_AARCH64, SandboxSpec::Code::kJit},
        GoldenFilter{"aarch64-jitless.txt", SCMP_ARCH_AARCH64, SandboxSpec::Code::kJitless}),
    [](const auto& golden) {
      std::string name = golden.param.file;
      for (char& byte : name)
        if (byte == '-' || byte == '.') byte = '_';
      return name;
    });

}  // namespace
}  // namespace nano
