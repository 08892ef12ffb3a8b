#include "supervisor/egress/host_name.h"

#include <algorithm>

namespace nano {
namespace {

// RFC 1035 2.3.4, without the trailing dot.
constexpr size_t kMaxHostBytes = 253;
constexpr size_t kMaxLabelBytes = 63;

bool isDigit(char c) { return c >= '0' && c <= '9'; }
bool isLabelByte(char c) { return (c >= 'a' && c <= 'z') || isDigit(c) || c == '-' || c == '_'; }
bool isHexDigit(char c) { return isDigit(c) || (c >= 'a' && c <= 'f'); }

// "7", "0177", "0x", "0x7f": with such a last label a host is an IPv4 address or nothing (URL
// standard, ends-in-a-number checker). getaddrinfo() and the like would read one out of it.
bool isNumber(std::string_view label) {
  if (std::all_of(label.begin(), label.end(), isDigit)) return true;
  if (!label.starts_with("0x")) return false;
  label.remove_prefix(2);
  return std::all_of(label.begin(), label.end(), isHexDigit);
}

}  // namespace

std::optional<std::string> hostNameProblem(std::string_view name) {
  if (name.empty()) return "is empty";
  if (name.size() > kMaxHostBytes) return "is longer than 253 bytes";
  std::string_view label;
  for (size_t at = 0; at <= name.size(); at += label.size() + 1) {
    label = name.substr(at, std::min(name.find('.', at), name.size()) - at);
    if (label.empty()) return "has an empty label";
    if (label.size() > kMaxLabelBytes) return "has a label longer than 63 bytes";
    if (!std::all_of(label.begin(), label.end(), isLabelByte)) {
      return "has a byte other than a-z, 0-9, '-', '_' and '.'";
    }
  }
  if (isNumber(label)) return "ends in a number and is no IPv4 address in its usual form";
  return std::nullopt;
}

}  // namespace nano
