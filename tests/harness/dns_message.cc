#include "tests/harness/dns_message.h"

#include <arpa/inet.h>

#include <algorithm>
#include <cctype>

#include <kj/debug.h>

namespace nano::test {
namespace {

constexpr size_t kHeaderBytes = 12;
constexpr uint16_t kInternet = 1;
// An answer, recursion asked for and available.
constexpr uint16_t kAnswerFlags = 0x8180;
constexpr uint16_t kTruncated = 0x0200;

std::string number(uint32_t value, size_t bytes) {
  std::string result;
  for (size_t i = bytes; i > 0; i--)
    result += static_cast<char>(value >> (8 * (i - 1)));
  return result;
}

uint16_t numberAt(std::string_view message, size_t at) {
  return static_cast<uint16_t>(static_cast<uint8_t>(message[at]) << 8 |
                               static_cast<uint8_t>(message[at + 1]));
}

std::string labels(std::string_view name) {
  std::string result;
  while (!name.empty()) {
    std::string_view label = name.substr(0, name.find('.'));
    result += static_cast<char>(label.size());
    result += label;
    name.remove_prefix(std::min(label.size() + 1, name.size()));
  }
  return result + '\0';
}

std::string dataOf(const DnsRecord& record) {
  if (record.type == DnsType::kCname) return labels(record.data);
  bool isV4 = record.type == DnsType::kA;
  std::string bytes(isV4 ? 4 : 16, '\0');
  KJ_REQUIRE(inet_pton(isV4 ? AF_INET : AF_INET6, record.data.c_str(), bytes.data()) == 1,
             record.data.c_str());
  return bytes;
}

std::string header(const DnsQuestion& question, uint16_t flags, size_t answers) {
  return number(question.id, 2) + number(flags, 2) + number(1, 2) +
         number(static_cast<uint32_t>(answers), 2) + number(0, 4) + labels(question.name) +
         number(question.type, 2) + number(kInternet, 2);
}

}  // namespace

std::optional<DnsQuestion> readDnsQuestion(std::string_view message) {
  if (message.size() < kHeaderBytes || numberAt(message, 4) != 1) return std::nullopt;
  DnsQuestion question;
  question.id = numberAt(message, 0);
  message.remove_prefix(kHeaderBytes);
  while (!message.empty() && message[0] != '\0') {
    size_t size = static_cast<uint8_t>(message[0]);
    if (size > 63 || message.size() < size + 1) return std::nullopt;
    if (!question.name.empty()) question.name += '.';
    question.name += message.substr(1, size);
    message.remove_prefix(size + 1);
  }
  if (message.size() < 5) return std::nullopt;
  std::transform(question.name.begin(), question.name.end(), question.name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  question.type = numberAt(message, 1);
  return question;
}

std::string writeDnsAnswer(const DnsQuestion& question, uint8_t code,
                           const std::vector<DnsRecord>& records) {
  std::string body;
  size_t count = 0;
  for (auto& record : records) {
    bool fits =
        record.type == DnsType::kCname || static_cast<uint16_t>(record.type) == question.type;
    if (!fits) continue;
    count++;
    // A pointer to the question's name, as servers send it: a thousand addresses are 16 KB.
    body += record.owner.empty() ? std::string("\xc0\x0c") : labels(record.owner);
    std::string data = dataOf(record);
    body += number(static_cast<uint16_t>(record.type), 2) + number(kInternet, 2) +
            number(record.ttl, 4) + number(static_cast<uint32_t>(data.size()), 2) + data;
  }
  return header(question, kAnswerFlags | code, count) + body;
}

std::string writeTruncatedDnsAnswer(const DnsQuestion& question) {
  return header(question, kAnswerFlags | kTruncated, 0);
}

}  // namespace nano::test
