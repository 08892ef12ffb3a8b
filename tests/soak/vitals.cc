#include "tests/soak/vitals.h"

#include <cctype>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace nano::soak {

namespace {

namespace fs = std::filesystem;

std::string contentOf(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct ProcessState {
  char state = 'X';
  pid_t parent = 0;
};

// The name in /proc/PID/stat may hold anything; what follows its last bracket does not.
ProcessState stateOf(const std::string& pid) {
  std::string stat = contentOf("/proc/" + pid + "/stat");
  size_t bracket = stat.rfind(')');
  if (bracket == std::string::npos || bracket + 4 >= stat.size()) return {};
  return {stat[bracket + 2], std::atoi(stat.c_str() + bracket + 4)};
}

size_t countEntries(const std::string& directory) {
  std::error_code error;
  size_t count = 0;
  for (fs::directory_iterator entry(directory, error); !error && entry != fs::end(entry);
       entry.increment(error))
    count++;
  return count;
}

}  // namespace

Vitals readVitals(pid_t pid) {
  Vitals vitals;
  std::string own = std::to_string(pid);
  auto state = stateOf(own).state;
  if (state == 'X' || state == 'Z') return vitals;
  vitals.pid = pid;
  std::string status = contentOf("/proc/" + own + "/status");
  size_t rss = status.find("VmRSS:");
  if (rss != std::string::npos) vitals.rssKilobytes = std::strtoul(&status[rss + 6], nullptr, 10);
  vitals.descriptors = countEntries("/proc/" + own + "/fd");
  std::error_code error;
  for (fs::directory_iterator entry("/proc", error); !error && entry != fs::end(entry);
       entry.increment(error)) {
    std::string name = entry->path().filename();
    if (!std::isdigit(static_cast<unsigned char>(name[0]))) continue;
    auto child = stateOf(name);
    if (child.parent != pid) continue;
    (child.state == 'Z' ? vitals.zombies : vitals.workers)++;
  }
  return vitals;
}

}  // namespace nano::soak
