#include "supervisor/egress/own_endpoints.h"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>

#include <gtest/gtest.h>
#include <kj/debug.h>
#include <kj/io.h>

namespace nano {
namespace {

std::vector<IpAddress> addresses() {
  auto read = ownAddresses();
  if (auto* why = std::get_if<std::string>(&read)) ADD_FAILURE() << *why;
  return std::get<std::vector<IpAddress>>(read);
}

TEST(OwnEndpointsTest, KnowsTheAddressesOfThisMachine) {
  OwnEndpoints own{addresses(), nullptr};
  EXPECT_TRUE(own.hasAddress(*parseIpAddress("127.0.0.1")));
  EXPECT_FALSE(own.hasAddress(*parseIpAddress("192.0.2.1")));
  EXPECT_FALSE(OwnEndpoints{}.hasAddress(*parseIpAddress("127.0.0.1")));
  EXPECT_EQ(addresses(), own.addresses);
}

TEST(OwnEndpointsTest, EveryOwnAddressOfIpv4CanBeBound) {
  for (const IpAddress& address : addresses()) {
    if (address.family != IpAddress::Family::kV4) continue;
    kj::AutoCloseFd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    SocketAddress to = socketAddress(address, 0);
    EXPECT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&to.storage), to.size), 0) << toString(address);
  }
}

TEST(OwnEndpointsTest, ServesWhatIsAddedUntilItIsRemoved) {
  auto ports = std::make_shared<ServedPorts>();
  OwnEndpoints own{{}, ports};
  EXPECT_FALSE(own.serves(8787));
  ports->add(8787);
  ports->add(65535);
  EXPECT_TRUE(own.serves(8787));
  EXPECT_TRUE(own.serves(65535));
  EXPECT_FALSE(own.serves(8788));
  ports->remove(8787);
  EXPECT_FALSE(own.serves(8787));
  EXPECT_FALSE(OwnEndpoints{}.serves(8787));
}

}  // namespace
}  // namespace nano
