#include "sandbox/process_status.h"

#include <unistd.h>

#include <string>

#include <gtest/gtest.h>

namespace nano {
namespace {

constexpr char kShut[] =
    "Name:\tnano-worker\nUid:\t65534\t65534\t65534\t65534\nGroups:\t \nNSpid:\t6825\t1\n"
    "Threads:\t5\nCapInh:\t0000000000000000\nCapPrm:\t0000000000000000\n"
    "CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nCapAmb:\t0000000000000000\n"
    "NoNewPrivs:\t1\nSeccomp:\t2\nSeccomp_filters:\t1\n";

// kShut with one line's value replaced.
std::string with(const std::string& name, const std::string& value) {
  std::string text = kShut;
  size_t start = text.find("\n" + name + ":") + name.size() + 2;
  return text.replace(start, text.find('\n', start) - start, "\t" + value);
}

TEST(ProcessStatusTest, ReadsTheKernelsLines) {
  auto status = parseProcessStatus(kShut);
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->uids, std::vector<uid_t>(4, 65534));
  EXPECT_TRUE(status->groups.empty());
  EXPECT_EQ(status->nsPids, (std::vector<pid_t>{6825, 1}));
  EXPECT_EQ(status->threads, 5);
  EXPECT_EQ(status->noNewPrivs, 1);
  EXPECT_EQ(status->seccomp, 2);
  EXPECT_EQ(findOpenRight(*status, {}, Stage::kLocked), std::nullopt);
}

TEST(ProcessStatusTest, EveryRightThatIsLeftIsNamed) {
  const std::pair<const char*, const char*> open[] = {
      {"Seccomp", "0"},
      {"Seccomp", "1"},
      {"NoNewPrivs", "0"},
      {"CapInh", "0000000000000001"},
      {"CapPrm", "0000000000200000"},
      {"CapEff", "8000000000000000"},
      {"CapAmb", "0000000000000100"},
      {"CapBnd", "000001ffffffffff"},
      {"NSpid", "6825"},
  };
  for (auto [name, value] : open) {
    auto status = parseProcessStatus(with(name, value));
    ASSERT_TRUE(status.has_value()) << name;
    EXPECT_EQ(findOpenRight(*status, {}, Stage::kLocked), name) << value;
  }
}

TEST(ProcessStatusTest, ALayerLeftOutExcusesOnlyItsOwnLine) {
  auto bounding = *parseProcessStatus(with("CapBnd", "000001ffffffffff"));
  EXPECT_FALSE(findOpenRight(bounding, {Layer::kUserNamespace}, Stage::kLocked));
  EXPECT_TRUE(findOpenRight(bounding, {Layer::kPidNamespace}, Stage::kLocked));
  auto pid = *parseProcessStatus(with("NSpid", "6825"));
  EXPECT_FALSE(findOpenRight(pid, {Layer::kPidNamespace}, Stage::kLocked));
  EXPECT_TRUE(findOpenRight(pid, {Layer::kUserNamespace}, Stage::kLocked));
  auto effective = *parseProcessStatus(with("CapEff", "1"));
  EXPECT_TRUE(
      findOpenRight(effective, {std::begin(kAllLayers), std::end(kAllLayers)}, Stage::kLocked));
}

TEST(ProcessStatusTest, ALineThatIsMissingOrStrangeIsNotAnAccount) {
  EXPECT_FALSE(parseProcessStatus(""));
  EXPECT_FALSE(parseProcessStatus("CapEff:\t0000000000000000\n"));
  for (const char* name : {"Uid", "NSpid", "Threads", "CapInh", "CapPrm", "CapEff", "CapBnd",
                           "CapAmb", "NoNewPrivs", "Seccomp"}) {
    EXPECT_FALSE(parseProcessStatus(with(name, ""))) << name;
    EXPECT_FALSE(parseProcessStatus(with(name, "many"))) << name;
  }
  EXPECT_FALSE(parseProcessStatus(with("CapEff", "ffffffffffffffffff"))) << "too long for 64 bits";
}

TEST(ProcessStatusTest, ThisTestIsFoundOpen) {
  EXPECT_TRUE(findOpenRight(getpid(), {}).has_value());
}

}  // namespace
}  // namespace nano
