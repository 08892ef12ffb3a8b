#include "tests/harness/process_cgroup.h"

#include <fstream>
#include <iterator>
#include <sstream>

namespace nano::test {

std::string content(const std::string& path) {
  std::ifstream file(path);
  return std::string((std::istreambuf_iterator<char>(file)), {});
}

std::string groupOf(pid_t pid, const std::string& controller) {
  std::istringstream lines(content("/proc/" + std::to_string(pid) + "/cgroup"));
  std::string unified;
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("0::")) unified = line.substr(3);
    if (line.find(":" + controller + ":") != std::string::npos) {
      return "/sys/fs/cgroup/" + controller + line.substr(line.rfind(':') + 1);
    }
  }
  return "/sys/fs/cgroup" + unified;
}

}  // namespace nano::test
