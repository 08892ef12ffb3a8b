#include "supervisor/machine_memory.h"

#include <fstream>

#include <gtest/gtest.h>

#include "supervisor/temporary_directory.h"

namespace nano {
namespace {

TEST(MachineMemoryTest, ReadsWhatThisKernelSays) {
  auto memory = readMachineMemory();
  ASSERT_TRUE(memory);
  EXPECT_GT(memory->total, memory->available);
  EXPECT_GT(memory->available, 0U);
}

TEST(MachineMemoryTest, IsShortBelowATwentieth) {
  TemporaryDirectory directory;
  const std::string path = directory.path() + "/meminfo";
  std::ofstream(path)
      << "MemTotal:  2000 kB\nMemFree:  7 kB\nMemAvailable:  99 kB\nHugePages_Total: 0\n";
  auto memory = readMachineMemory(path);
  ASSERT_TRUE(memory);
  EXPECT_EQ(memory->available, 99U << 10);
  EXPECT_TRUE(isShort(*memory));
  EXPECT_FALSE(isShort({2000, 100}));
}

TEST(MachineMemoryTest, SaysNothingWhereTheKernelSaysNothing) {
  EXPECT_FALSE(readMachineMemory("/proc/there/is/no/such/file"));
  EXPECT_FALSE(readMachineMemory("/dev/null"));
}

}  // namespace
}  // namespace nano
