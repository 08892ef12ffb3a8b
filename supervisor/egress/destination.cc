#include "supervisor/egress/destination.h"

#include <algorithm>
#include <array>
#include <span>

#include "protocol/limits.h"
#include "supervisor/app_names.h"
#include "supervisor/egress/host_name.h"
#include "supervisor/egress/ip_address.h"

namespace nano {
namespace {

using Scheme = Destination::Scheme;
using Problem = std::optional<std::string>;

struct SchemeRow {
  Scheme scheme;
  std::string_view name;
  uint16_t port;  // Left out in its URLs; 0: a port is always written.
};
constexpr std::array<SchemeRow, 4> kSchemes{{{Scheme::kHttp, "http", 80},
                                             {Scheme::kHttps, "https", 443},
                                             {Scheme::kTcp, "tcp", 0},
                                             {Scheme::kTls, "tls", 0}}};

const SchemeRow& rowOf(Scheme scheme) { return kSchemes[static_cast<size_t>(scheme)]; }

// What the URL standard percent-encodes in a path and in a query, or turns into something else.
constexpr std::string_view kNotInPath = "\"#<>^`{}\\";
constexpr std::string_view kNotInQuery = "\"#<>'";

bool isVisible(char c) { return c > ' ' && c <= '~'; }

// "." and "..", also percent-encoded: the URL standard resolves them.
bool isDots(std::string_view segment) {
  size_t dots = 0;
  for (; !segment.empty(); ++dots) {
    if (segment.starts_with('.')) {
      segment.remove_prefix(1);
    } else if (segment.starts_with("%2e") || segment.starts_with("%2E")) {
      segment.remove_prefix(3);
    } else {
      return false;
    }
  }
  return dots == 1 || dots == 2;
}

Problem targetProblem(std::string_view target) {
  if (!target.starts_with('/')) return "has no path: the shortest is '/'";
  if (!std::all_of(target.begin(), target.end(), isVisible)) {
    return "has a byte that must be percent-encoded";
  }
  std::string_view path = target.substr(0, target.find('?'));
  std::string_view query = target.substr(path.size());
  if (path.find_first_of(kNotInPath) != std::string_view::npos ||
      query.find_first_of(kNotInQuery) != std::string_view::npos) {
    return "has a fragment or a character that must be percent-encoded";
  }
  for (size_t at = 1; at <= path.size();) {
    size_t end = std::min(path.find('/', at), path.size());
    if (isDots(path.substr(at, end - at))) return "has a path with '.' or '..'";
    at = end + 1;
  }
  return std::nullopt;
}

Problem readPort(std::string_view text, Destination& into) {
  bool good = !text.empty() && text.size() <= 5 && text[0] != '0' &&
              text.find_first_not_of("0123456789") == std::string_view::npos;
  unsigned value = 0;
  if (good) {
    for (char c : text)
      value = value * 10 + static_cast<unsigned>(c - '0');
  }
  if (!good || value > 65535) return "has a port that is no number from 1 to 65535";
  if (value == rowOf(into.scheme).port) return "names the port that its scheme has anyway";
  into.port = static_cast<uint16_t>(value);
  return std::nullopt;
}

Problem readIpv6(std::string_view text, Destination& into) {
  auto address = parseIpAddress(text);
  if (!address || address->family != IpAddress::Family::kV6) return "has no IPv6 address in '[]'";
  if (toString(*address) != text) return "has an IPv6 address that is written otherwise";
  into.host = text;
  return std::nullopt;
}

// Without brackets.
Problem readHost(std::string_view text, Destination& into) {
  if (!parseIpAddress(text)) {
    if (text.ends_with('.')) text.remove_suffix(1);
    if (auto why = hostNameProblem(text)) return "has a host that " + *why;
  }
  into.host = text;
  return std::nullopt;
}

Problem readAuthority(std::string_view text, Destination& into) {
  if (text.find('@') != std::string_view::npos) return "names a user";
  std::string_view port;
  if (text.starts_with('[')) {
    size_t end = text.find(']');
    if (end == std::string_view::npos) return "has a '[' without its ']'";
    if (auto problem = readIpv6(text.substr(1, end - 1), into)) return problem;
    port = text.substr(end + 1);
  } else {
    size_t end = std::min(text.find(':'), text.size());
    if (auto problem = readHost(text.substr(0, end), into)) return problem;
    port = text.substr(end);
  }
  if (port.empty()) {
    into.port = rowOf(into.scheme).port;
    return std::nullopt;
  }
  if (port[0] != ':') return "has something between its host and its port";
  return readPort(port.substr(1), into);
}

Problem readUrl(std::string_view url, Destination& into) {
  if (url.size() > kMaxUrlBytes) return "is longer than 16384 bytes";
  // Those of fetch().
  auto schemes = std::span(kSchemes).first(2);
  auto row = std::find_if(schemes.begin(), schemes.end(), [url](const SchemeRow& each) {
    return url.starts_with(std::string(each.name) + "://");
  });
  if (row == schemes.end()) return "begins with neither http:// nor https://";
  into.scheme = row->scheme;
  url.remove_prefix(row->name.size() + 3);
  // What ends an authority for any reader of URLs.
  size_t end = std::min(url.find_first_of("/\\?#"), url.size());
  if (auto problem = readAuthority(url.substr(0, end), into)) return problem;
  if (auto problem = targetProblem(url.substr(end))) return problem;
  into.target = url.substr(end);
  return std::nullopt;
}

}  // namespace

std::variant<Destination, std::string> parseDestination(std::string_view url) {
  Destination destination;
  if (auto why = readUrl(url, destination)) return "the URL " + inQuotes(url) + " " + *why;
  return destination;
}

std::variant<Destination, std::string> makeDestination(Scheme scheme, std::string_view host,
                                                       uint16_t port) {
  Destination destination;
  destination.scheme = scheme;
  destination.port = port;
  if (scheme == Scheme::kHttp || scheme == Scheme::kHttps) destination.target = "/";
  if (port == 0) return "there is no port 0 to connect to";
  Problem problem;
  if (host.starts_with('[') && host.ends_with(']')) {
    problem = readIpv6(host.substr(1, host.size() - 2), destination);
  } else if (host.find(':') != std::string_view::npos) {
    problem = readIpv6(host, destination);
  } else {
    problem = readHost(host, destination);
  }
  if (problem) return "the address " + inQuotes(host) + " " + *problem;
  return destination;
}

std::string describe(const Destination& destination) {
  const SchemeRow& row = rowOf(destination.scheme);
  bool isIpv6 = destination.host.find(':') != std::string::npos;
  std::string text = std::string(row.name) + "://";
  text += isIpv6 ? "[" + destination.host + "]" : destination.host;
  if (destination.port != row.port) text += ":" + std::to_string(destination.port);
  return text;
}

std::string_view schemeName(Scheme scheme) { return rowOf(scheme).name; }

std::optional<Scheme> schemeNamed(std::string_view name) {
  for (const SchemeRow& row : kSchemes) {
    if (row.name == name) return row.scheme;
  }
  return std::nullopt;
}

}  // namespace nano
