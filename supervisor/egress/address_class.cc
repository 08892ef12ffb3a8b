#include "supervisor/egress/address_class.h"

#include <algorithm>
#include <array>
#include <vector>

#include <kj/debug.h>

namespace nano {
namespace {

using Class = AddressClass;
using Family = IpAddress::Family;

// Special-purpose registries of IANA (iana-ipv4-special-registry, iana-ipv6-special-registry), also
// those rows that are globally reachable where whoever answers is not a server of the internet
// (anycast of a NAT, relays); the rest of IPv6 that is not allocated; clouds' metadata services.
// Single addresses stand before the blocks they are in.
constexpr std::array kTable{
    AddressRow{"169.254.169.254/32", Class::kMetadata, "AWS, GCP, Azure, Oracle and others"},
    AddressRow{"169.254.170.2/32", Class::kMetadata, "AWS ECS, credentials of a task"},
    AddressRow{"169.254.170.23/32", Class::kMetadata, "AWS EKS, credentials of a pod"},
    AddressRow{"169.254.42.42/32", Class::kMetadata, "Scaleway"},
    AddressRow{"169.254.0.23/32", Class::kMetadata, "Tencent Cloud"},
    AddressRow{"100.100.100.200/32", Class::kMetadata, "Alibaba Cloud"},
    AddressRow{"168.63.129.16/32", Class::kMetadata, "Azure, WireServer"},
    AddressRow{"192.0.0.192/32", Class::kMetadata, "Oracle Cloud, classic"},
    AddressRow{"0.0.0.0/8", Class::kUnspecified, "this network"},
    AddressRow{"10.0.0.0/8", Class::kPrivate, "private use"},
    AddressRow{"100.64.0.0/10", Class::kShared, "shared address space"},
    AddressRow{"127.0.0.0/8", Class::kLoopback, "loopback"},
    AddressRow{"169.254.0.0/16", Class::kLinkLocal, "link local"},
    AddressRow{"172.16.0.0/12", Class::kPrivate, "private use"},
    AddressRow{"192.0.0.0/24", Class::kReserved, "IETF protocol assignments"},
    AddressRow{"192.0.2.0/24", Class::kDocumentation, "TEST-NET-1"},
    AddressRow{"192.31.196.0/24", Class::kReserved, "AS112, answered by whoever is near"},
    AddressRow{"192.52.193.0/24", Class::kReserved, "multicast relays"},
    AddressRow{"192.175.48.0/24", Class::kReserved, "AS112, answered by whoever is near"},
    AddressRow{"192.88.99.0/24", Class::kReserved, "6to4 relay anycast, withdrawn"},
    AddressRow{"192.168.0.0/16", Class::kPrivate, "private use"},
    AddressRow{"198.18.0.0/15", Class::kBenchmark, "benchmarking"},
    AddressRow{"198.51.100.0/24", Class::kDocumentation, "TEST-NET-2"},
    AddressRow{"203.0.113.0/24", Class::kDocumentation, "TEST-NET-3"},
    AddressRow{"224.0.0.0/4", Class::kMulticast, "multicast"},
    AddressRow{"255.255.255.255/32", Class::kBroadcast, "limited broadcast"},
    AddressRow{"240.0.0.0/4", Class::kReserved, "reserved"},

    AddressRow{"fd00:ec2::/32", Class::kMetadata, "AWS"},
    AddressRow{"fd20:ce::254/128", Class::kMetadata, "GCP"},
    AddressRow{"fd00:c1::a9fe:a9fe/128", Class::kMetadata, "Oracle Cloud"},
    AddressRow{"fd00:42::42/128", Class::kMetadata, "Scaleway"},
    AddressRow{"fd00:a9fe:a9fe::1/128", Class::kMetadata, "Akamai, Linode"},
    AddressRow{"fd00:100::100:200/128", Class::kMetadata, "Alibaba Cloud"},
    AddressRow{"fe80::a9fe:a9fe/128", Class::kMetadata, "OpenStack"},
    AddressRow{"::/128", Class::kUnspecified, "unspecified address"},
    AddressRow{"::1/128", Class::kLoopback, "loopback"},
    AddressRow{"::/96", Class::kReserved, "IPv4-compatible, withdrawn", Embedding::kLast32},
    AddressRow{"::ffff:0:0:0/96", Class::kReserved, "IPv4-translated", Embedding::kLast32},
    AddressRow{"64:ff9b::/96", Class::kPublic, "NAT64", Embedding::kLast32},
    AddressRow{"64:ff9b:1::/48", Class::kReserved, "NAT64 of a network's own", Embedding::kLast32},
    AddressRow{"100::/64", Class::kReserved, "discard only"},
    AddressRow{"100:0:0:1::/64", Class::kReserved, "dummy prefix"},
    AddressRow{"2001::/32", Class::kReserved, "Teredo"},
    AddressRow{"2001:2::/48", Class::kBenchmark, "benchmarking"},
    AddressRow{"2001::/23", Class::kReserved, "IETF protocol assignments"},
    AddressRow{"2001:db8::/32", Class::kDocumentation, "documentation"},
    AddressRow{"2002::/16", Class::kReserved, "6to4", Embedding::kSixToFour},
    AddressRow{"2620:4f:8000::/48", Class::kReserved, "AS112, answered by whoever is near"},
    AddressRow{"3fff::/20", Class::kDocumentation, "documentation"},
    AddressRow{"5f00::/16", Class::kReserved, "segment routing"},
    AddressRow{"fc00::/7", Class::kUniqueLocal, "unique local"},
    AddressRow{"fe80::/10", Class::kLinkLocal, "link local"},
    AddressRow{"fec0::/10", Class::kReserved, "site local, withdrawn"},
    AddressRow{"ff00::/8", Class::kMulticast, "multicast"},
};

struct ParsedRow {
  Cidr block;
  const AddressRow* row;
};

const std::vector<ParsedRow>& parsedTable() {
  static const std::vector<ParsedRow> rows = [] {
    std::vector<ParsedRow> parsed;
    for (const AddressRow& row : kTable) {
      auto block = parseCidr(row.block);
      KJ_REQUIRE(std::holds_alternative<Cidr>(block), std::string(row.block).c_str());
      parsed.push_back({std::get<Cidr>(block), &row});
    }
    return parsed;
  }();
  return rows;
}

size_t embeddedAt(Embedding embedding) { return embedding == Embedding::kSixToFour ? 2 : 12; }

IpAddress innerOf(const IpAddress& address, size_t at) {
  IpAddress inner;
  std::copy_n(address.bytes.begin() + static_cast<std::ptrdiff_t>(at), 4, inner.bytes.begin());
  return inner;
}

// An IPv4 block as it looks within the IPv6 addresses that begin like `outer`.
Cidr wrapped(const Cidr& inner, const IpAddress& outer, size_t at) {
  Cidr block{outer, static_cast<uint8_t>(8 * at + inner.bits)};
  auto to = block.network.bytes.begin() + static_cast<std::ptrdiff_t>(at);
  std::copy_n(inner.network.bytes.begin(), 4, to);
  std::fill(to + 4, block.network.bytes.end(), uint8_t{0});
  return block;
}

AddressFacts factsOf(const ParsedRow& parsed, const IpAddress& address) {
  const AddressRow& row = *parsed.row;
  if (row.embedding == Embedding::kNone) return {row.kind, row.reason, parsed.block};
  size_t at = embeddedAt(row.embedding);
  IpAddress inner = innerOf(address, at);
  AddressFacts facts = classify(inner);
  if (facts.kind == Class::kPublic) {
    facts = {row.kind, row.reason, row.kind == Class::kPublic ? hostBlock(address) : parsed.block};
  } else {
    facts.block = wrapped(facts.block, address, at);
  }
  facts.embedded = inner;
  return facts;
}

// ISATAP (RFC 5214): any prefix, then 0:5efe or 200:5efe and an IPv4 address, to which a router of
// that site unwraps it.
bool isIsatap(const IpAddress& address) {
  const auto& bytes = address.bytes;
  return (bytes[8] & 0xfd) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == 0xfe;
}

// What no row has: all of IPv4, and of IPv6 what is allocated as global unicast (2000::/3).
AddressFacts withoutRow(const IpAddress& address) {
  AddressFacts facts{Class::kPublic, "", hostBlock(address)};
  if (address.family == Family::kV4) return facts;
  uint8_t eighth = address.bytes[0] & 0xe0;
  if (eighth != 0x20) {
    Cidr block{IpAddress{Family::kV6, {}}, 3};
    block.network.bytes[0] = eighth;
    return {Class::kReserved, "not allocated", block};
  }
  if (!isIsatap(address)) return facts;
  facts.embedded = innerOf(address, 12);
  AddressFacts inner = classify(*facts.embedded);
  facts.kind = inner.kind;
  facts.reason = inner.reason;
  return facts;
}

}  // namespace

std::string_view className(AddressClass kind) {
  switch (kind) {
    case Class::kPublic:
      return "public";
    case Class::kLoopback:
      return "loopback";
    case Class::kOwn:
      return "own";
    case Class::kPrivate:
      return "private";
    case Class::kShared:
      return "shared";
    case Class::kLinkLocal:
      return "link-local";
    case Class::kMetadata:
      return "metadata";
    case Class::kUniqueLocal:
      return "unique local";
    case Class::kMulticast:
      return "multicast";
    case Class::kBroadcast:
      return "broadcast";
    case Class::kUnspecified:
      return "unspecified";
    case Class::kReserved:
      return "reserved";
    case Class::kDocumentation:
      return "documentation";
    case Class::kBenchmark:
      return "benchmark";
  }
  return "unknown";
}

std::span<const AddressRow> addressTable() { return kTable; }

AddressFacts classify(const IpAddress& written) {
  IpAddress address = unmapped(written);
  for (const ParsedRow& parsed : parsedTable()) {
    if (parsed.block.contains(address)) return factsOf(parsed, address);
  }
  return withoutRow(address);
}

bool isPublic(const IpAddress& address) { return classify(address).kind == Class::kPublic; }

}  // namespace nano
