#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nano::test {

enum class DnsType : uint16_t { kA = 1, kCname = 5, kAaaa = 28 };

struct DnsQuestion {
  uint16_t id = 0;
  std::string name;  // In lower case.
  uint16_t type = 0;
};
// Nothing: it is not a question.
std::optional<DnsQuestion> readDnsQuestion(std::string_view message);

struct DnsRecord {
  std::string owner;  // Empty: the name that was asked for.
  DnsType type = DnsType::kA;
  std::string data;  // An address as text; of an alias, a name.
  uint32_t ttl = 60;
};

// The answer to a question: `code` (3: no such name), and those of the records that are aliases or
// of the type asked for.
std::string writeDnsAnswer(const DnsQuestion& question, uint8_t code,
                           const std::vector<DnsRecord>& records);
// With the bit set that says "ask again over TCP", and nothing else.
std::string writeTruncatedDnsAnswer(const DnsQuestion& question);

}  // namespace nano::test
