#include "supervisor/egress/dns_answer.h"

#include <arpa/nameser.h>
#include <resolv.h>
#include <strings.h>

#include <algorithm>
#include <limits>
#include <optional>

namespace nano {
namespace {

DnsAnswer answer(DnsAnswer::Kind kind) {
  DnsAnswer result;
  result.kind = kind;
  return result;
}

DnsAnswer failed(std::string reason) {
  DnsAnswer result;
  result.reason = std::move(reason);
  return result;
}

DnsAnswer unreadable() { return failed("got an answer that cannot be read"); }

// Goes through a message; once it has run past the end, everything is nothing.
class Reader final {
 public:
  explicit Reader(std::span<const uint8_t> message) : message_(message) {}

  std::optional<uint32_t> number(size_t bytes) {
    auto found = take(bytes);
    if (!found) return std::nullopt;
    uint32_t value = 0;
    for (uint8_t byte : *found)
      value = value << 8 | byte;
    return value;
  }
  std::optional<std::span<const uint8_t>> take(size_t bytes) {
    if (message_.size() - at_ < bytes) return std::nullopt;
    auto found = message_.subspan(at_, bytes);
    at_ += bytes;
    return found;
  }
  // A name may point back into the message: dn_expand follows no loop.
  std::optional<std::string> name() {
    char text[NS_MAXDNAME];
    int size = dn_expand(message_.data(), message_.data() + message_.size(), message_.data() + at_,
                         text, sizeof(text));
    if (size < 0) return std::nullopt;
    at_ += static_cast<size_t>(size);
    return std::string(text);
  }

 private:
  std::span<const uint8_t> message_;
  size_t at_ = 0;
};

struct Record {
  std::string owner;
  uint32_t type = 0;
  uint32_t classOf = 0;
  uint32_t ttl = 0;
  std::span<const uint8_t> data;
  // Of a CNAME.
  std::string target;
};

std::optional<Record> readRecord(Reader& reader) {
  Record record;
  auto owner = reader.name();
  auto type = owner ? reader.number(2) : std::nullopt;
  auto classOf = type ? reader.number(2) : std::nullopt;
  auto ttl = classOf ? reader.number(4) : std::nullopt;
  auto size = ttl ? reader.number(2) : std::nullopt;
  if (!size) return std::nullopt;
  record.owner = std::move(*owner);
  record.type = *type;
  record.classOf = *classOf;
  // RFC 2181 8: one with the top bit set counts as 0.
  record.ttl = *ttl > std::numeric_limits<int32_t>::max() ? 0 : *ttl;
  Reader inside = reader;
  auto data = reader.take(*size);
  if (!data) return std::nullopt;
  record.data = *data;
  if (record.type == ns_t_cname) {
    auto target = inside.name();
    if (!target) return std::nullopt;
    record.target = std::move(*target);
  }
  return record;
}

// Follows one name through the records of an answer.
class Follower final {
 public:
  Follower(std::string name, IpAddress::Family family) : name_(std::move(name)), family_(family) {}

  void take(const Record& record) {
    if (record.classOf != ns_c_in || strcasecmp(record.owner.c_str(), name_.c_str()) != 0) return;
    if (record.type == ns_t_cname && addresses_.empty()) {
      name_ = record.target;
      aliases_++;
      ttl_ = std::min(ttl_, record.ttl);
    }
    bool isV4 = family_ == IpAddress::Family::kV4;
    size_t size = isV4 ? NS_INADDRSZ : NS_IN6ADDRSZ;
    if (record.type != (isV4 ? ns_t_a : ns_t_aaaa) || record.data.size() != size) return;
    IpAddress address;
    address.family = family_;
    std::copy(record.data.begin(), record.data.end(), address.bytes.begin());
    addresses_.push_back(address);
    ttl_ = std::min(ttl_, record.ttl);
  }
  bool isLost() const { return aliases_ > kMaxDnsAliases; }
  bool isFull() const { return addresses_.size() == kMaxDnsAddresses; }

  DnsAnswer result() && {
    if (addresses_.empty()) return answer(DnsAnswer::Kind::kNoAddresses);
    DnsAnswer found = answer(DnsAnswer::Kind::kAddresses);
    found.addresses = std::move(addresses_);
    found.ttlSeconds = ttl_;
    return found;
  }

 private:
  // Of which records count next.
  std::string name_;
  IpAddress::Family family_;
  std::vector<IpAddress> addresses_;
  uint32_t ttl_ = std::numeric_limits<uint32_t>::max();
  size_t aliases_ = 0;
};

}  // namespace

DnsAnswer readDnsAnswer(const std::string& name, IpAddress::Family family,
                        std::span<const uint8_t> message) {
  Reader reader(message);
  auto id = reader.number(2);
  auto flags = reader.number(2);
  auto questions = reader.number(2);
  auto answers = reader.number(2);
  auto rest = reader.number(4);
  if (!id || !flags || !questions || !answers || !rest || *questions != 1) return unreadable();
  uint32_t code = *flags & 15;
  if (code == ns_r_nxdomain) return answer(DnsAnswer::Kind::kNoSuchName);
  if (code != ns_r_noerror) {
    return failed("got error " + std::to_string(code) + " from the name server");
  }
  if (!reader.name() || !reader.number(4)) return unreadable();
  Follower follower(name, family);
  for (uint32_t i = 0; i < *answers && !follower.isFull(); i++) {
    auto record = readRecord(reader);
    if (!record) return unreadable();
    follower.take(*record);
    if (follower.isLost()) {
      return failed("leads through more than " + std::to_string(kMaxDnsAliases) + " aliases");
    }
  }
  return std::move(follower).result();
}

}  // namespace nano
