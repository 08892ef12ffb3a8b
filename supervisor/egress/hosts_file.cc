#include "supervisor/egress/hosts_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include <kj/debug.h>
#include <kj/io.h>

#include "supervisor/egress/dns_answer.h"

namespace nano {
namespace {

constexpr std::string_view kBlanks = " \t\r";

// Nothing: it cannot be read, is no file, or is too large.
std::string contentOf(const std::string& path) {
  // Never waits, whatever stands at the path.
  int opened = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (opened < 0) return {};
  kj::AutoCloseFd fd(opened);
  struct stat status;
  if (fstat(fd.get(), &status) != 0 || !S_ISREG(status.st_mode)) return {};
  if (static_cast<size_t>(status.st_size) > kMaxHostsBytes) {
    KJ_LOG(WARNING, "this file is too large for a table of hosts and is not used", path.c_str());
    return {};
  }
  std::string content(static_cast<size_t>(status.st_size), '\0');
  ssize_t got = pread(fd.get(), content.data(), content.size(), 0);
  content.resize(got < 0 ? 0 : static_cast<size_t>(got));
  return content;
}

// Takes the first word off `text`; empty at its end.
std::string_view takeWord(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(kBlanks), text.size()));
  std::string_view word = text.substr(0, text.find_first_of(kBlanks));
  text.remove_prefix(word.size());
  return word;
}

std::string lowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return lower;
}

}  // namespace

std::vector<IpAddress> HostsFile::find(const std::string& name) {
  if (watch_.path().empty()) return {};
  if (watch_.hasChanged()) read();
  auto found = names_.find(name);
  return found == names_.end() ? std::vector<IpAddress>() : found->second;
}

void HostsFile::read() {
  names_.clear();
  std::string content = contentOf(watch_.path());
  for (std::string_view left = content; !left.empty();) {
    std::string_view line = left.substr(0, left.find('\n'));
    left.remove_prefix(std::min(line.size() + 1, left.size()));
    takeLine(line.substr(0, line.find('#')));
  }
}

void HostsFile::takeLine(std::string_view line) {
  auto address = parseIpAddress(takeWord(line));
  if (!address) return;
  for (auto name = takeWord(line); !name.empty(); name = takeWord(line)) {
    auto& addresses = names_[lowerCase(name)];
    if (addresses.size() < kMaxDnsAddresses) addresses.push_back(*address);
  }
}

}  // namespace nano
