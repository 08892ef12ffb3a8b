#include "supervisor/egress/dns_answer.h"

#include <string>

#include <gtest/gtest.h>

namespace nano {
namespace {

constexpr uint16_t kA = 1;
constexpr uint16_t kCname = 5;
constexpr uint16_t kAaaa = 28;

// A message, piece by piece.
class Message {
 public:
  explicit Message(uint16_t flags = 0x8180) { number(7).number(flags).number(1); }

  Message& number(uint16_t value) {
    bytes_.push_back(static_cast<char>(value >> 8));
    bytes_.push_back(static_cast<char>(value));
    return *this;
  }
  Message& raw(std::string_view bytes) {
    bytes_ += bytes;
    return *this;
  }
  // "example.com", as labels.
  static std::string labels(std::string_view name) {
    std::string bytes;
    while (!name.empty()) {
      size_t dot = name.find('.');
      std::string_view label = name.substr(0, dot);
      bytes += static_cast<char>(label.size());
      bytes += label;
      name.remove_prefix(dot == std::string_view::npos ? name.size() : dot + 1);
    }
    return bytes + '\0';
  }
  // The number of answers, the two empty sections, and the question.
  Message& question(uint16_t answers, std::string_view name, uint16_t type = kA) {
    return number(answers).number(0).number(0).raw(labels(name)).number(type).number(1);
  }
  Message& record(std::string_view owner, uint16_t type, uint32_t ttl, std::string_view data) {
    return raw(labels(owner)).recordTail(type, ttl, data);
  }
  Message& recordTail(uint16_t type, uint32_t ttl, std::string_view data) {
    number(type).number(1).number(static_cast<uint16_t>(ttl >> 16));
    return number(static_cast<uint16_t>(ttl)).number(static_cast<uint16_t>(data.size())).raw(data);
  }
  std::span<const uint8_t> span() const {
    return {reinterpret_cast<const uint8_t*>(bytes_.data()), bytes_.size()};
  }
  const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

std::string v4(uint8_t last) { return std::string("\xc0\x00\x02", 3) + static_cast<char>(last); }

DnsAnswer read(const Message& message, IpAddress::Family family = IpAddress::Family::kV4) {
  return readDnsAnswer("a.test", family, message.span());
}

IpAddress address(std::string_view bytes) {
  IpAddress result;
  result.family = bytes.size() == 4 ? IpAddress::Family::kV4 : IpAddress::Family::kV6;
  std::copy(bytes.begin(), bytes.end(), result.bytes.begin());
  return result;
}

TEST(DnsAnswerTest, TakesAddressesInTheirOrderAndTheShortestTtl) {
  auto answer = read(Message()
                         .question(2, "a.test")
                         .record("a.test", kA, 300, v4(2))
                         .record("A.Test", kA, 60, v4(1)));
  EXPECT_EQ(answer.kind, DnsAnswer::Kind::kAddresses);
  EXPECT_EQ(answer.addresses, (std::vector{address(v4(2)), address(v4(1))}));
  EXPECT_EQ(answer.ttlSeconds, 60u);
}

TEST(DnsAnswerTest, TakesOnlyTheFamilyThatWasAskedFor) {
  std::string v6(16, '\x20');
  Message message;
  message.question(2, "a.test", kAaaa)
      .record("a.test", kA, 60, v4(1))
      .record("a.test", kAaaa, 60, v6);
  EXPECT_EQ(read(message, IpAddress::Family::kV6).addresses, (std::vector{address(v6)}));
  EXPECT_EQ(read(message).addresses, (std::vector{address(v4(1))}));
}

TEST(DnsAnswerTest, FollowsAliasesAndTheirTtls) {
  auto answer = read(Message()
                         .question(3, "a.test")
                         .record("a.test", kCname, 30, Message::labels("b.test"))
                         .record("b.test", kCname, 90, Message::labels("c.test"))
                         .record("c.test", kA, 60, v4(1)));
  EXPECT_EQ(answer.addresses, (std::vector{address(v4(1))}));
  EXPECT_EQ(answer.ttlSeconds, 30u);
}

TEST(DnsAnswerTest, RecordsOfOtherNamesMeanNothing) {
  auto answer = read(Message()
                         .question(3, "a.test")
                         .record("evil.test", kA, 60, v4(9))
                         .record("evil.test", kCname, 60, Message::labels("a.test"))
                         .record("a.test.evil.test", kA, 60, v4(9)));
  EXPECT_EQ(answer.kind, DnsAnswer::Kind::kNoAddresses);
}

TEST(DnsAnswerTest, ALoopOfAliasesHasNoAddresses) {
  auto answer = read(Message()
                         .question(2, "a.test")
                         .record("a.test", kCname, 60, Message::labels("b.test"))
                         .record("b.test", kCname, 60, Message::labels("a.test")));
  EXPECT_EQ(answer.kind, DnsAnswer::Kind::kNoAddresses);
}

TEST(DnsAnswerTest, AChainOfAliasesHasAnEnd) {
  auto chain = [](size_t aliases) {
    Message message;
    message.question(static_cast<uint16_t>(aliases + 1), "a.test");
    std::string owner = "a.test";
    for (size_t i = 0; i < aliases; i++) {
      std::string next = "a" + std::to_string(i) + ".test";
      message.record(owner, kCname, 60, Message::labels(next));
      owner = next;
    }
    return read(message.record(owner, kA, 60, v4(1))).kind;
  };
  EXPECT_EQ(chain(kMaxDnsAliases), DnsAnswer::Kind::kAddresses);
  EXPECT_EQ(chain(kMaxDnsAliases + 1), DnsAnswer::Kind::kFailed);
}

TEST(DnsAnswerTest, KeepsTheFirstOfAThousandAddresses) {
  Message message;
  message.question(1000, "a.test");
  for (int i = 0; i < 1000; i++)
    message.raw("\xc0\x0c").recordTail(kA, 60, v4(static_cast<uint8_t>(i)));
  auto answer = read(message);
  ASSERT_EQ(answer.addresses.size(), kMaxDnsAddresses);
  EXPECT_EQ(answer.addresses.back(), address(v4(kMaxDnsAddresses - 1)));
}

TEST(DnsAnswerTest, TellsNoSuchNameFromNoAddressesAndFromErrors) {
  EXPECT_EQ(read(Message(0x8183).question(0, "a.test")).kind, DnsAnswer::Kind::kNoSuchName);
  EXPECT_EQ(read(Message().question(0, "a.test")).kind, DnsAnswer::Kind::kNoAddresses);
  auto refused = read(Message(0x8185).question(0, "a.test"));
  EXPECT_EQ(refused.kind, DnsAnswer::Kind::kFailed);
  EXPECT_EQ(refused.reason, "got error 5 from the name server");
}

TEST(DnsAnswerTest, ATtlWithTheTopBitSetIsZero) {
  auto answer = read(Message().question(1, "a.test").record("a.test", kA, 0x80000001, v4(1)));
  EXPECT_EQ(answer.ttlSeconds, 0u);
}

TEST(DnsAnswerTest, IgnoresAddressesOfAWrongSize) {
  auto answer = read(Message()
                         .question(2, "a.test")
                         .record("a.test", kA, 60, "abc")
                         .record("a.test", kA, 60, "abcdefghijklmnop"));
  EXPECT_EQ(answer.kind, DnsAnswer::Kind::kNoAddresses);
}

TEST(DnsAnswerTest, EveryPrefixOfAnAnswerIsRefused) {
  Message whole;
  whole.question(2, "a.test")
      .record("a.test", kCname, 60, Message::labels("b.test"))
      .record("b.test", kA, 60, v4(1));
  ASSERT_EQ(read(whole).kind, DnsAnswer::Kind::kAddresses);
  for (size_t size = 0; size < whole.bytes().size(); size++) {
    EXPECT_EQ(readDnsAnswer("a.test", IpAddress::Family::kV4, whole.span().first(size)).kind,
              DnsAnswer::Kind::kFailed)
        << size;
  }
}

TEST(DnsAnswerTest, ANameThatPointsAtItselfIsRefused) {
  // The record's owner begins at byte 24: 12 of the header, 8 of the name, 4 of the question.
  auto answer = read(Message().question(1, "a.test").raw("\xc0\x18").recordTail(kA, 60, v4(1)));
  EXPECT_EQ(answer.kind, DnsAnswer::Kind::kFailed);
  EXPECT_EQ(read(Message().question(1, "a.test").raw("\xc0\xff").recordTail(kA, 60, v4(1))).kind,
            DnsAnswer::Kind::kFailed);
}

TEST(DnsAnswerTest, AnythingButOneQuestionIsRefused) {
  std::string bytes = Message().question(1, "a.test").record("a.test", kA, 60, v4(1)).bytes();
  for (char questions : {'\0', '\2'}) {
    bytes[5] = questions;
    std::span<const uint8_t> message(reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
    EXPECT_EQ(readDnsAnswer("a.test", IpAddress::Family::kV4, message).kind,
              DnsAnswer::Kind::kFailed);
  }
}

}  // namespace
}  // namespace nano
