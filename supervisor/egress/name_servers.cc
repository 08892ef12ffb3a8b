#include "supervisor/egress/name_servers.h"

#include <ares.h>
#include <netinet/in.h>
#include <string.h>

#include <memory>
#include <optional>

#include <kj/debug.h>

#include "protocol/libevent.h"

namespace nano {
namespace {

std::optional<NameServer> nameServer(const ares_addr_port_node& node) {
  NameServer server;
  if (node.family == AF_INET) {
    memcpy(server.address.bytes.data(), &node.addr.addr4, sizeof(node.addr.addr4));
  } else if (node.family == AF_INET6) {
    server.address.family = IpAddress::Family::kV6;
    memcpy(server.address.bytes.data(), &node.addr.addr6, sizeof(node.addr.addr6));
  } else {
    return std::nullopt;
  }
  if (node.udp_port != 0) server.port = static_cast<uint16_t>(node.udp_port);
  return server;
}

// What c-ares makes of the file; 127.0.0.1 where there is none. Empty: it could not.
std::vector<NameServer> serversOf(const std::string& resolvConf) {
  ares_options options{};
  options.resolvconf_path = const_cast<char*>(resolvConf.c_str());
  ares_channel made = nullptr;
  if (ares_init_options(&made, &options, ARES_OPT_RESOLVCONF) != ARES_SUCCESS) return {};
  std::unique_ptr<ares_channeldata, ReleaseWith<ares_destroy>> channel(made);
  ares_addr_port_node* nodes = nullptr;
  if (ares_get_servers_ports(channel.get(), &nodes) != ARES_SUCCESS) return {};
  std::unique_ptr<ares_addr_port_node, ReleaseWith<ares_free_data>> owned(nodes);
  std::vector<NameServer> servers;
  for (; nodes != nullptr; nodes = nodes->next) {
    if (auto server = nameServer(*nodes)) servers.push_back(*server);
  }
  return servers;
}

}  // namespace

NameServers::NameServers(const DnsSettings& settings)
    : resolvConf_(settings.resolvConf),
      servers_(settings.servers),
      fixed_(!settings.servers.empty()) {
  static const int kInitialised = ares_library_init(ARES_LIB_INIT_ALL);
  KJ_REQUIRE(kInitialised == ARES_SUCCESS);
  KJ_REQUIRE(!current().empty(), "c-ares finds no name server", settings.resolvConf.c_str());
}

const std::vector<NameServer>& NameServers::current() {
  if (!fixed_ && resolvConf_.hasChanged()) {
    auto servers = serversOf(resolvConf_.path());
    if (!servers.empty()) servers_ = std::move(servers);
  }
  return servers_;
}

}  // namespace nano
