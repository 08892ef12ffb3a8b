#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "supervisor/egress/file_watch.h"
#include "supervisor/egress/ip_address.h"

namespace nano {

// A larger one is not read: each front end keeps all of it.
inline constexpr size_t kMaxHostsBytes = 1 << 20;

// The machine's own table of names, hosts(5). Read when it is first asked and when it has changed.
class HostsFile final {
 public:
  // Empty: there is none.
  explicit HostsFile(std::string path) : watch_(std::move(path)) {}

  // `name` is in lower case. Empty: it is not in the file.
  std::vector<IpAddress> find(const std::string& name);

 private:
  void read();
  void takeLine(std::string_view line);

  FileWatch watch_;
  std::unordered_map<std::string, std::vector<IpAddress>> names_;
};

}  // namespace nano
