#include "supervisor/egress/ip_address.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

namespace nano {
namespace {

using Family = IpAddress::Family;

constexpr size_t kPieces = 8;

// One part of a dotted quad, taken off the front; nothing when it is none.
std::optional<uint8_t> takeQuadPart(std::string_view& text) {
  size_t digits = std::min(text.find_first_not_of("0123456789"), text.size());
  if (digits == 0 || digits > 3 || (digits > 1 && text[0] == '0')) return std::nullopt;
  int value = 0;
  for (char c : text.substr(0, digits))
    value = value * 10 + (c - '0');
  if (value > 255) return std::nullopt;
  text.remove_prefix(digits);
  return static_cast<uint8_t>(value);
}

std::optional<IpAddress> parseV4(std::string_view text) {
  IpAddress address;
  for (size_t i = 0; i < 4; ++i) {
    if (i > 0) {
      if (!text.starts_with('.')) return std::nullopt;
      text.remove_prefix(1);
    }
    auto part = takeQuadPart(text);
    if (!part) return std::nullopt;
    address.bytes[i] = *part;
  }
  if (!text.empty()) return std::nullopt;
  return address;
}

std::optional<IpAddress> parseV6(std::string_view text) {
  // A zone, a NUL and everything else that inet_pton() might one day read differently stays out.
  bool plain = text.size() < INET6_ADDRSTRLEN &&
               text.find_first_not_of("0123456789abcdefABCDEF:.") == std::string_view::npos;
  if (!plain) return std::nullopt;
  size_t dot = text.find('.');
  if (dot != std::string_view::npos && !parseV4(text.substr(text.rfind(':') + 1))) {
    return std::nullopt;
  }
  IpAddress address;
  address.family = Family::kV6;
  if (inet_pton(AF_INET6, std::string(text).c_str(), address.bytes.data()) != 1) {
    return std::nullopt;
  }
  return address;
}

std::string quad(const IpAddress& address) {
  std::string text;
  for (size_t i = 0; i < 4; ++i)
    text += (i > 0 ? "." : "") + std::to_string(address.bytes[i]);
  return text;
}

struct Run {
  size_t begin = 0;
  size_t length = 0;
};

// The first longest run of zero pieces, where it is longer than one.
Run zeroRun(const std::array<uint16_t, kPieces>& pieces) {
  Run best;
  for (size_t i = 0; i < kPieces;) {
    size_t end = i;
    while (end < kPieces && pieces[end] == 0)
      ++end;
    if (end - i > std::max(best.length, size_t{1})) best = {i, end - i};
    i = std::max(end, i + 1);
  }
  return best;
}

// The URL standard's IPv6 serializer; inet_ntop() writes mapped addresses in another way.
std::string hexPieces(const IpAddress& address) {
  constexpr char kHex[] = "0123456789abcdef";
  std::array<uint16_t, kPieces> pieces{};
  for (size_t i = 0; i < kPieces; ++i)
    pieces[i] = static_cast<uint16_t>(address.bytes[2 * i] << 8 | address.bytes[2 * i + 1]);
  Run run = zeroRun(pieces);
  std::string text;
  for (size_t i = 0; i < kPieces; ++i) {
    if (run.length > 0 && i == run.begin) {
      text += i == 0 ? "::" : ":";
      i += run.length - 1;
      continue;
    }
    bool begun = false;
    for (int shift = 12; shift >= 0; shift -= 4) {
      unsigned digit = pieces[i] >> shift & 15u;
      begun = begun || digit != 0 || shift == 0;
      if (begun) text += kHex[digit];
    }
    if (i + 1 < kPieces) text += ':';
  }
  return text;
}

}  // namespace

std::optional<IpAddress> parseIpAddress(std::string_view text) {
  return text.find(':') == std::string_view::npos ? parseV4(text) : parseV6(text);
}

std::string toString(const IpAddress& address) {
  return address.family == Family::kV4 ? quad(address) : hexPieces(address);
}

std::optional<IpAddress> addressOf(const sockaddr& address) {
  IpAddress result;
  if (address.sa_family == AF_INET) {
    sockaddr_in in{};
    std::memcpy(&in, &address, sizeof in);
    std::memcpy(result.bytes.data(), &in.sin_addr, sizeof in.sin_addr);
    return result;
  }
  if (address.sa_family != AF_INET6) return std::nullopt;
  sockaddr_in6 in{};
  std::memcpy(&in, &address, sizeof in);
  result.family = Family::kV6;
  std::memcpy(result.bytes.data(), &in.sin6_addr, sizeof in.sin6_addr);
  return result;
}

SocketAddress socketAddress(const IpAddress& address, uint16_t port) {
  SocketAddress result;
  if (address.family == Family::kV4) {
    sockaddr_in in{};
    in.sin_family = AF_INET;
    in.sin_port = htons(port);
    std::memcpy(&in.sin_addr, address.bytes.data(), sizeof in.sin_addr);
    std::memcpy(&result.storage, &in, sizeof in);
    result.size = sizeof in;
    return result;
  }
  sockaddr_in6 in{};
  in.sin6_family = AF_INET6;
  in.sin6_port = htons(port);
  std::memcpy(&in.sin6_addr, address.bytes.data(), sizeof in.sin6_addr);
  std::memcpy(&result.storage, &in, sizeof in);
  result.size = sizeof in;
  return result;
}

}  // namespace nano
