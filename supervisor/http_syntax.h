#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

namespace nano {

// RFC 9110's and RFC 3986's character classes, as one table of bits.
enum ByteClass : uint8_t {
  kTokenByte = 1,  // RFC 9110 5.6.2
  kValueByte = 2,  // A field value: HTAB, SP, visible ASCII, 0x80 and above. No other control byte.
  kTargetByte = 4,  // A request target: visible ASCII or 0x80 and above, without '#' and '\'.
  kDigitByte = 8,
  kHexByte = 16,
  kHostByte = 32,  // A name in an authority: letters, digits, '-', '.', '_'.
};

consteval std::array<uint8_t, 256> makeByteClasses() {
  std::array<uint8_t, 256> classes{};
  for (unsigned byte = 0x20; byte < 256; byte++) {
    if (byte == 0x7f) continue;
    classes[byte] |= kValueByte;
    if (byte != ' ' && byte != '#' && byte != '\\') classes[byte] |= kTargetByte;
  }
  classes['\t'] |= kValueByte;
  for (unsigned char c : std::string_view("!#$%&'*+-.^_`|~")) {
    classes[c] |= kTokenByte;
  }
  for (unsigned char c = '0'; c <= '9'; c++) {
    classes[c] |= kTokenByte | kDigitByte | kHexByte | kHostByte;
  }
  for (unsigned char c = 'a'; c <= 'z'; c++) {
    classes[c] |= kTokenByte | kHostByte | (c <= 'f' ? kHexByte : 0);
    classes[c - 'a' + 'A'] |= kTokenByte | kHostByte | (c <= 'f' ? kHexByte : 0);
  }
  for (unsigned char c : std::string_view("-._")) {
    classes[c] |= kHostByte;
  }
  return classes;
}

inline constexpr std::array<uint8_t, 256> kByteClasses = makeByteClasses();

inline bool isByte(char c, ByteClass wanted) {
  return (kByteClasses[static_cast<unsigned char>(c)] & wanted) != 0;
}

inline bool allBytes(std::string_view text, ByteClass wanted) {
  uint8_t common = wanted;
  for (char c : text) {
    common &= kByteClasses[static_cast<unsigned char>(c)];
  }
  return common != 0;
}

// ASCII only: HTTP knows no other case.
inline char lowerCase(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; }

inline void makeLowerCase(std::span<char> text) {
  for (char& c : text) {
    c = lowerCase(c);
  }
}

// `lower` is lower case already.
inline bool equalsIgnoringCase(std::string_view text, std::string_view lower) {
  if (text.size() != lower.size()) return false;
  for (size_t i = 0; i < text.size(); i++) {
    if (lowerCase(text[i]) != lower[i]) return false;
  }
  return true;
}

// Without the optional white space (SP, HTAB) around it.
inline std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
    text.remove_prefix(1);
  }
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
    text.remove_suffix(1);
  }
  return text;
}

}  // namespace nano
