#include "supervisor/admin_socket.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "supervisor/temporary_directory.h"

namespace nano {
namespace {

std::string problem(const std::string& path) {
  auto made = AdminSocket::listen(path);
  auto* text = std::get_if<std::string>(&made);
  return text == nullptr ? "" : *text;
}

sockaddr_un addressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::copy(path.begin(), path.end(), address.sun_path);
  return address;
}

kj::AutoCloseFd unixSocket() { return kj::AutoCloseFd(socket(AF_UNIX, SOCK_STREAM, 0)); }

bool connects(int fd, const std::string& path) {
  sockaddr_un address = addressOf(path);
  return connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0;
}

// Binds a socket at `path`; its file stays.
kj::AutoCloseFd bound(const std::string& path) {
  kj::AutoCloseFd fd = unixSocket();
  sockaddr_un address = addressOf(path);
  KJ_SYSCALL(bind(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)));
  return fd;
}

TEST(AdminSocketTest, ListensForItsOwnerAlone) {
  TemporaryDirectory directory;
  mode_t before = umask(0);
  auto made = AdminSocket::listen(directory.below("admin.sock"));
  mode_t during = umask(before);
  EXPECT_EQ(during, 0u) << "the process's umask is as it was";
  ASSERT_TRUE(std::holds_alternative<AdminSocket>(made));
  struct stat info {};
  ASSERT_EQ(lstat(directory.below("admin.sock").c_str(), &info), 0);
  EXPECT_TRUE(S_ISSOCK(info.st_mode));
  EXPECT_EQ(info.st_mode & 07777, 0600u);
  kj::AutoCloseFd client = unixSocket();
  EXPECT_TRUE(connects(client, directory.below("admin.sock")));
}

TEST(AdminSocketTest, RemovesItsFileAtTheEnd) {
  TemporaryDirectory directory;
  EXPECT_EQ(problem(directory.below("admin.sock")), "");
  EXPECT_FALSE(std::filesystem::exists(directory.below("admin.sock")));
}

TEST(AdminSocketTest, LeavesAFileThatTookItsPlace) {
  TemporaryDirectory directory;
  {
    auto made = AdminSocket::listen(directory.below("admin.sock"));
    ASSERT_TRUE(std::holds_alternative<AdminSocket>(made));
    std::filesystem::rename(directory.below("admin.sock"), directory.below("old"));
    std::ofstream(directory.below("admin.sock")) << "x";
  }
  EXPECT_TRUE(std::filesystem::exists(directory.below("admin.sock")));
}

// Hostile case D18.
TEST(AdminSocketTest, ReplacesASocketOnlyWhenNobodyAnswers) {
  TemporaryDirectory directory;
  std::string path = directory.below("admin.sock");
  {
    kj::AutoCloseFd other = bound(path);
    KJ_SYSCALL(listen(other, 1));
    EXPECT_NE(problem(path).find("another process answers"), std::string::npos);
  }
  EXPECT_TRUE(std::filesystem::exists(path));
  EXPECT_EQ(problem(path), "");
}

TEST(AdminSocketTest, RefusesWhatIsNotASocket) {
  TemporaryDirectory directory;
  std::ofstream(directory.below("file")) << "x";
  std::filesystem::create_directory(directory.below("directory"));
  { kj::AutoCloseFd stale = bound(directory.below("stale")); }
  std::filesystem::create_symlink(directory.below("stale"), directory.below("link"));
  std::filesystem::create_symlink(directory.below("nothing"), directory.below("dangling"));
  for (const char* name : {"file", "directory", "link", "dangling"}) {
    EXPECT_NE(problem(directory.below(name)).find("is not a socket"), std::string::npos) << name;
  }
  EXPECT_TRUE(std::filesystem::exists(directory.below("stale")));
}

TEST(AdminSocketTest, RefusesADirectoryThatEveryUserMayWriteTo) {
  TemporaryDirectory directory;
  ASSERT_EQ(chmod(directory.path().c_str(), 0777), 0);
  EXPECT_NE(problem(directory.below("admin.sock")).find("every user may write"), std::string::npos);
  ASSERT_EQ(chmod(directory.path().c_str(), 01777), 0);
  EXPECT_NE(problem(directory.below("admin.sock")), "");
  EXPECT_FALSE(std::filesystem::exists(directory.below("admin.sock")));
}

TEST(AdminSocketTest, SaysHowADirectoryThatIsMissingIsMade) {
  EXPECT_NE(problem("/nonexistent/admin.sock").find("(install -d -m 700 -o "), std::string::npos);
}

TEST(AdminSocketTest, RefusesPathsThatAreNone) {
  TemporaryDirectory directory;
  for (const std::string& path :
       {std::string(), directory.path() + "/", directory.below("."), directory.below("none/admin"),
        directory.below(std::string(200, 'a')), directory.below(std::string(65, 'a'))}) {
    EXPECT_NE(problem(path), "") << path;
  }
}

// Hostile case D17.
TEST(AdminSocketTest, AllowsPeersOfOneUserAndRoot) {
  int ends[2];
  KJ_SYSCALL(socketpair(AF_UNIX, SOCK_STREAM, 0, ends));
  kj::AutoCloseFd one(ends[0]);
  kj::AutoCloseFd other(ends[1]);
  EXPECT_TRUE(peerAllowed(one, geteuid()));
  EXPECT_EQ(peerAllowed(one, geteuid() + 1), geteuid() == 0);
  int pipes[2];
  KJ_SYSCALL(pipe(pipes));
  kj::AutoCloseFd reader(pipes[0]);
  kj::AutoCloseFd writer(pipes[1]);
  EXPECT_FALSE(peerAllowed(reader, geteuid()));
}

}  // namespace
}  // namespace nano
