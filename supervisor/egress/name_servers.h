#pragma once

#include <vector>

#include "supervisor/egress/dns_settings.h"
#include "supervisor/egress/file_watch.h"

namespace nano {

// Whom to ask: the servers of the settings, or the system's.
class NameServers final {
 public:
  explicit NameServers(const DnsSettings& settings);

  // Never empty. Reads resolv.conf again where it has changed.
  const std::vector<NameServer>& current();

 private:
  FileWatch resolvConf_;
  std::vector<NameServer> servers_;
  bool fixed_;
};

}  // namespace nano
