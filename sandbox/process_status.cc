#include "sandbox/process_status.h"

#include <dirent.h>

#include <charconv>
#include <cstring>
#include <fstream>
#include <iterator>
#include <memory>

namespace nano {
namespace {

constexpr int kSeccompFilter = 2;  // SECCOMP_MODE_FILTER

// The rest of the line that starts with "NAME:".
std::optional<std::string_view> field(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    if (line.starts_with(name) && line.substr(name.size()).starts_with(':')) {
      return line.substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

template <typename Number>
bool readNumbers(std::string_view text, std::string_view name, int base,
                 std::vector<Number>& numbers) {
  auto line = field(text, name);
  if (!line) return false;
  const char* at = line->data();
  const char* end = at + line->size();
  while (true) {
    while (at != end && (*at == ' ' || *at == '\t'))
      ++at;
    if (at == end) return true;
    Number number;
    auto [next, error] = std::from_chars(at, end, number, base);
    if (error != std::errc()) return false;
    numbers.push_back(number);
    at = next;
  }
}

template <typename Number>
bool readNumber(std::string_view text, std::string_view name, int base, Number& number) {
  std::vector<Number> numbers;
  if (!readNumbers(text, name, base, numbers) || numbers.size() != 1) return false;
  number = numbers[0];
  return true;
}

std::optional<std::string> readFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::nullopt;
  std::string text((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  return text;
}

}  // namespace

std::optional<ProcessStatus> parseProcessStatus(std::string_view text) {
  ProcessStatus status;
  bool whole = readNumbers(text, "Uid", 10, status.uids) && status.uids.size() == 4 &&
               readNumbers(text, "Groups", 10, status.groups) &&
               readNumbers(text, "NSpid", 10, status.nsPids) && !status.nsPids.empty() &&
               readNumber(text, "CapInh", 16, status.inheritable) &&
               readNumber(text, "CapPrm", 16, status.permitted) &&
               readNumber(text, "CapEff", 16, status.effective) &&
               readNumber(text, "CapBnd", 16, status.bounding) &&
               readNumber(text, "CapAmb", 16, status.ambient) &&
               readNumber(text, "Threads", 10, status.threads) &&
               readNumber(text, "NoNewPrivs", 10, status.noNewPrivs) &&
               readNumber(text, "Seccomp", 10, status.seccomp);
  if (!whole) return std::nullopt;
  return status;
}

std::optional<std::string> findOpenRight(const ProcessStatus& status,
                                         const std::vector<Layer>& weakened, Stage stage) {
  if (stage == Stage::kLocked && status.seccomp != kSeccompFilter) return "Seccomp";
  if (status.noNewPrivs != 1) return "NoNewPrivs";
  if (status.inheritable != 0) return "CapInh";
  if (status.permitted != 0) return "CapPrm";
  if (status.effective != 0) return "CapEff";
  if (status.ambient != 0) return "CapAmb";
  // An unprivileged process without a user namespace cannot drop its bounding set.
  if (status.bounding != 0 && !isWeakened(weakened, Layer::kUserNamespace)) return "CapBnd";
  // A number of its own in a namespace below the reader's: there it sees only itself. The first
  // thread's is 1, those of the others follow.
  if (status.nsPids.size() < 2 && !isWeakened(weakened, Layer::kPidNamespace)) return "NSpid";
  return std::nullopt;
}

std::optional<std::string> findOpenRight(pid_t pid, const std::vector<Layer>& weakened) {
  std::string tasks = "/proc/" + std::to_string(pid) + "/task";
  std::unique_ptr<DIR, int (*)(DIR*)> directory(opendir(tasks.c_str()), closedir);
  if (!directory) return tasks + ": " + strerror(errno);
  int seen = 0;
  while (const dirent* entry = readdir(directory.get())) {
    if (entry->d_name[0] == '.') continue;
    std::string path = tasks + "/" + entry->d_name + "/status";
    auto text = readFile(path);
    auto status = text ? parseProcessStatus(*text) : std::nullopt;
    if (!status) return path + ": cannot be read";
    auto open = findOpenRight(*status, weakened, Stage::kLocked);
    if (open) return path + ": " + *open;
    for (uid_t uid : status->uids) {
      if (uid == 0) return path + ": Uid";
    }
    ++seen;
  }
  if (seen == 0) return tasks + ": no threads";
  return std::nullopt;
}

}  // namespace nano
