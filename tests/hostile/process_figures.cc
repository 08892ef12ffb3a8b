#include "tests/hostile/process_figures.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <sstream>
#include <thread>
#include <vector>

#include <kj/debug.h>
#include <kj/io.h>

namespace nano::test {

namespace {

std::string procPath(pid_t pid, const char* name) {
  return "/proc/" + std::to_string(pid) + "/" + name;
}

size_t occurrences(const std::vector<char>& bytes, size_t size, const std::string& text) {
  std::boyer_moore_horspool_searcher searcher(text.begin(), text.end());
  size_t count = 0;
  auto end = bytes.begin() + static_cast<ptrdiff_t>(size);
  for (auto at = std::search(bytes.begin(), end, searcher); at != end;
       at = std::search(at + 1, end, searcher)) {
    count++;
  }
  return count;
}

}  // namespace

uint64_t rssBytes(pid_t pid) {
  std::ifstream file(procPath(pid, "statm"));
  uint64_t size = 0;
  uint64_t resident = 0;
  file >> size >> resident;
  return resident * static_cast<uint64_t>(sysconf(_SC_PAGESIZE));
}

size_t descriptorCount(pid_t pid) {
  std::error_code refused;
  std::filesystem::directory_iterator entries(procPath(pid, "fd"), refused);
  KJ_REQUIRE(!refused, "the hostile suite looks into nanod's /proc: run it as root");
  return static_cast<size_t>(std::distance(begin(entries), end(entries)));
}

uint64_t cpuTicks(pid_t pid) {
  std::ifstream file(procPath(pid, "stat"));
  std::string text((std::istreambuf_iterator<char>(file)), {});
  // The name, in parentheses, may hold anything; utime and stime are fields 14 and 15.
  size_t afterName = text.rfind(')');
  if (afterName == std::string::npos) return 0;
  std::istringstream fields(text.substr(afterName + 1));
  std::string skipped;
  for (int i = 3; i < 14; i++)
    fields >> skipped;
  uint64_t user = 0;
  uint64_t system = 0;
  fields >> user >> system;
  return user + system;
}

size_t occurrencesInMemory(pid_t pid, const std::string& text) {
  kj::AutoCloseFd memory(open(procPath(pid, "mem").c_str(), O_RDONLY | O_CLOEXEC));
  KJ_REQUIRE(memory >= 0, "the hostile suite looks into workers' memory: run it as root");
  std::ifstream maps(procPath(pid, "maps"));
  constexpr size_t kPiece = 1 << 20;
  std::vector<char> bytes(kPiece + text.size());
  size_t count = 0;
  for (std::string line; std::getline(maps, line);) {
    uint64_t from = 0;
    uint64_t to = 0;
    char dash = 0;
    std::string rights;
    std::istringstream(line) >> std::hex >> from >> dash >> to >> rights;
    if (!rights.starts_with("rw")) continue;
    for (uint64_t at = from; at < to; at += kPiece) {
      // The overlap is a byte less than the text, so that nothing is counted twice.
      size_t wanted = std::min<uint64_t>(kPiece + text.size() - 1, to - at);
      ssize_t got = pread(memory, bytes.data(), wanted, static_cast<off_t>(at));
      if (got > 0) count += occurrences(bytes, static_cast<size_t>(got), text);
    }
  }
  return count;
}

bool eventually(const std::function<bool()>& holds, std::chrono::seconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace nano::test
