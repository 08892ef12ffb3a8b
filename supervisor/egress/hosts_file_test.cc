#include "supervisor/egress/hosts_file.h"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "supervisor/temporary_directory.h"

namespace nano {
namespace {

class HostsFileTest : public testing::Test {
 protected:
  void write(const std::string& text) { std::ofstream(path_) << text; }
  std::string find(const std::string& name) {
    std::string text;
    for (auto& address : hosts_.find(name))
      text += (text.empty() ? "" : " ") + toString(address);
    return text;
  }

  TemporaryDirectory directory_;
  std::string path_ = directory_.below("hosts");
  HostsFile hosts_{path_};
};

TEST_F(HostsFileTest, FindsNamesAndAliasesWhateverTheirCase) {
  write(
      "# a table\n"
      "\n"
      "192.0.2.1\tA.test other # not-this\r\n"
      "  2001:db8::1   a.test\n"
      "#192.0.2.2 gone.test\n"
      "192.0.2.3 last.test");
  EXPECT_EQ(find("a.test"), "192.0.2.1 2001:db8::1");
  EXPECT_EQ(find("other"), "192.0.2.1");
  EXPECT_EQ(find("last.test"), "192.0.2.3");
  EXPECT_EQ(find("not-this"), "");
  EXPECT_EQ(find("gone.test"), "");
}

TEST_F(HostsFileTest, LinesWithoutAnAddressMeanNothing) {
  write("a.test 192.0.2.1\nfe80::1%eth0 a.test\n1.2.3 a.test\n192.0.2.2\n");
  EXPECT_EQ(find("a.test"), "");
}

TEST_F(HostsFileTest, SeesThatTheFileIsMadeWrittenReplacedAndRemoved) {
  EXPECT_EQ(find("a.test"), "");
  write("192.0.2.1 a.test\n");
  EXPECT_EQ(find("a.test"), "192.0.2.1");
  write("192.0.2.22 a.test\n");
  EXPECT_EQ(find("a.test"), "192.0.2.22");
  std::ofstream(directory_.below("next")) << "192.0.2.33 a.test\n";
  std::filesystem::rename(directory_.below("next"), path_);
  EXPECT_EQ(find("a.test"), "192.0.2.33");
  std::filesystem::remove(path_);
  EXPECT_EQ(find("a.test"), "");
}

TEST_F(HostsFileTest, IsOnlyAFileOfBoundedSize) {
  KJ_SYSCALL(mkfifo(path_.c_str(), 0600));
  EXPECT_EQ(find("a.test"), "") << "and does not wait for a writer";
  std::filesystem::remove(path_);
  write("192.0.2.1 a.test\n" + std::string(kMaxHostsBytes, '\n'));
  EXPECT_EQ(find("a.test"), "");
}

TEST_F(HostsFileTest, KeepsAFewAddressesOfAName) {
  std::string text;
  for (int i = 0; i < 100; i++)
    text += "192.0.2." + std::to_string(i) + " a.test\n";
  write(text);
  EXPECT_EQ(hosts_.find("a.test").size(), 32u);
}

}  // namespace
}  // namespace nano
