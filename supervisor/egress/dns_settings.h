#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <kj/time.h>

#include "supervisor/egress/ip_address.h"

namespace nano {

inline constexpr uint16_t kDnsPort = 53;

struct NameServer {
  IpAddress address;
  uint16_t port = kDnsPort;

  bool operator==(const NameServer&) const = default;
};

// How one front end looks names up.
struct DnsSettings {
  // Empty: those that `resolvConf` names, which is read again when it has changed.
  std::vector<NameServer> servers;
  std::string resolvConf = "/etc/resolv.conf";
  // Read again when it has changed. Empty: none.
  std::string hosts = "/etc/hosts";

  // A whole lookup, the time it waits for its turn included.
  kj::Duration lookupTimeout = 5 * kj::SECONDS;
  // One attempt at one server, doubled after each round of all servers.
  kj::Duration attemptTimeout = 1500 * kj::MILLISECONDS;
  int rounds = 3;
  // What the other family still gets once the addresses of one are there: some servers never answer
  // a question for IPv6.
  kj::Duration otherFamilyTimeout = 500 * kj::MILLISECONDS;

  // An open lookup has a socket and 75 KB: 20 MB in all.
  size_t openLookups = 256;
  // Different names of an app; whoever asks for one that its app asks for already only waits with
  // it.
  size_t waitingLookups = 1024;
  // Of one app. Twice what Node.js looks up at a time (libuv's four threads); one that nobody
  // answers is in the way for `lookupTimeout`, and it takes 32 such apps to fill a front end.
  size_t openLookupsOfApp = 8;
  // As many as an app has fetches on the network (kMaxNetworkFetches), so that who stays within
  // that in one worker is not refused for the names.
  size_t waitingLookupsOfApp = 256;

  size_t cachedNames = 4096;
  kj::Duration shortestTtl = 1 * kj::SECONDS;
  kj::Duration longestTtl = 5 * kj::MINUTES;
  // Of "there is no such name", and of "no server could say" (RFC 9520: at least a second).
  kj::Duration negativeTtl = 5 * kj::SECONDS;
  kj::Duration failureTtl = 1 * kj::SECONDS;
};

// "192.0.2.1,[2001:db8::1]:5353"; a string says what is wrong. Empty: none.
std::variant<std::vector<NameServer>, std::string> parseNameServers(std::string_view text);

}  // namespace nano
