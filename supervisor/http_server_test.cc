#include "supervisor/http_server.h"

#include <netinet/tcp.h>
#include <sys/resource.h>
#include <sys/un.h>

#include <string>

#include "supervisor/http_server_fixture.h"

namespace nano {
namespace {

class HttpServerTest : public HttpServerFixture {
 protected:
  bool done(kj::Promise<void>& promise) { return promise.poll(loop_.waitScope()); }
};

TEST_F(HttpServerTest, SaysWhyItCannotListen) {
  auto first = listenTcp("127.0.0.1", 0, PortSharing::kAlone);
  auto& socket = std::get<kj::AutoCloseFd>(first);
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  KJ_SYSCALL(getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size));
  uint16_t port = ntohs(address.sin_port);
  auto second = listenTcp("127.0.0.1", port, PortSharing::kAlone);
  EXPECT_EQ(std::get<std::string>(second), "Address already in use");
  auto third = listenTcp("localhost", 0, PortSharing::kAlone);
  EXPECT_EQ(std::get<std::string>(third), "localhost is not an IP address");
}

TEST_F(HttpServerTest, SharesAPortBetweenFrontEnds) {
  start();
  auto second = listenTcp("127.0.0.1", port_, PortSharing::kShared);
  ASSERT_TRUE(std::holds_alternative<kj::AutoCloseFd>(second));
  EXPECT_EQ(server_->listen(kj::mv(std::get<kj::AutoCloseFd>(second))), port_);
  std::vector<Client> clients;
  for (int i = 0; i < 20; i++) {
    clients.push_back(connect());
    clients.back().send(request());
    EXPECT_EQ(clients.back().next().body, "hello");
  }
}

TEST_F(HttpServerTest, ListensOnIpv6AndNamesTheClient) {
  std::string address;
  onRequest_ = [&](HttpExchange& exchange) {
    address = exchange.head().clientAddress;
    hello(exchange);
  };
  start();
  auto listening = listenTcp("::1", 0, PortSharing::kAlone);
  if (auto* why = std::get_if<std::string>(&listening)) {
    ASSERT_NE(access("/proc/net/if_inet6", F_OK), 0) << *why;
    GTEST_SKIP() << "this kernel has no IPv6, so there is no address ::1 to listen on";
  }
  uint16_t port = server_->listen(kj::mv(std::get<kj::AutoCloseFd>(listening)));
  int fd;
  KJ_SYSCALL(fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  kj::AutoCloseFd owned(fd);
  sockaddr_in6 to{};
  to.sin6_family = AF_INET6;
  to.sin6_port = htons(port);
  to.sin6_addr = in6addr_loopback;
  KJ_SYSCALL(::connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof(to)));
  Client client(*this, kj::mv(owned));
  client.send(request());
  EXPECT_EQ(client.next().body, "hello");
  EXPECT_EQ(address, "::1");
}

TEST_F(HttpServerTest, ServesAUnixSocketForThoseItAdmits) {
  start();
  int fd;
  KJ_SYSCALL(fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  kj::AutoCloseFd listening(fd);
  // An abstract name that the kernel chooses.
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  KJ_SYSCALL(bind(fd, reinterpret_cast<sockaddr*>(&name), sizeof(sa_family_t)));
  KJ_SYSCALL(::listen(fd, 8));
  socklen_t size = sizeof(name);
  KJ_SYSCALL(getsockname(fd, reinterpret_cast<sockaddr*>(&name), &size));
  EXPECT_EQ(server_->listen(kj::mv(listening)), 0);

  uid_t allowed = getuid();
  server_->admitOnly([&](int socket) {
    ucred peer;
    socklen_t peerSize = sizeof(peer);
    KJ_SYSCALL(getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &peerSize));
    return peer.uid == allowed;
  });
  auto connectHere = [&] {
    int client;
    KJ_SYSCALL(client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    KJ_SYSCALL(::connect(client, reinterpret_cast<sockaddr*>(&name), size));
    return Client(*this, kj::AutoCloseFd(client));
  };
  Client client = connectHere();
  client.send(request());
  EXPECT_EQ(client.next().body, "hello");
  allowed++;
  Client stranger = connectHere();
  stranger.waitForEnd();
  EXPECT_EQ(stranger.received(), "");
  EXPECT_EQ(server_->counters().refusedConnections, 1u);
}

TEST_F(HttpServerTest, TakesNoMoreConnectionsThanItsCap) {
  limits_.connections = 2;
  start();
  Client first = connect();
  Client second = connect();
  Client third = connect();
  third.waitForEnd();
  first.send(request());
  EXPECT_EQ(first.next().body, "hello");
  second.close();
  runUntil([this] { return server_->connections() == 1; });
  Client fourth = connect();
  fourth.send(request());
  EXPECT_EQ(fourth.next().body, "hello");
}

TEST_F(HttpServerTest, CountsConnectionsByAddress) {
  limits_.connectionsPerAddress = 1;
  limits_.loopback = HttpLimits::Loopback::kCounted;
  start();
  {
    Client first = connect();
    Client second = connect();
    second.waitForEnd();
    EXPECT_TRUE(first.isOpen());
  }
  runUntil([this] { return server_->connections() == 0; });
  Client third = connect();
  EXPECT_TRUE(third.isOpen());
}

TEST_F(HttpServerTest, ExemptsLoopbackFromTheCountByDefault) {
  limits_.connectionsPerAddress = 1;
  start();
  Client first = connect();
  Client second = connect();
  EXPECT_TRUE(second.isOpen());
}

TEST_F(HttpServerTest, RestsWhenTheProcessIsOutOfDescriptors) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP()
      << "the sanitizer itself needs descriptors (UBSan opens a pipe to look at memory) and "
         "ends the process without; the build without it runs this";
#endif
  start();
  Client first = connect();
  int fd;
  KJ_SYSCALL(fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  kj::AutoCloseFd waiting(fd);
  rlimit before;
  KJ_SYSCALL(getrlimit(RLIMIT_NOFILE, &before));
  rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
  KJ_SYSCALL(setrlimit(RLIMIT_NOFILE, &none));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  int connected = ::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address));
  run();
  uint64_t turns = loop_.turns();
  first.send(request());
  std::string answered = first.next().body;
  uint64_t connections = server_->counters().connections;
  KJ_SYSCALL(setrlimit(RLIMIT_NOFILE, &before));

  EXPECT_EQ(connected, 0);
  EXPECT_EQ(answered, "hello");
  EXPECT_EQ(connections, 1u);
  EXPECT_GT(loop_.turns(), turns);
  advance(1 * kj::SECONDS);
  EXPECT_EQ(server_->counters().connections, 2u);
}

TEST_F(HttpServerTest, SetsTheOptionsOfItsConnections) {
  start();
  auto pair = listenTcp("127.0.0.1", 0, PortSharing::kAlone);
  struct Catcher final : HttpListener::Acceptor {
    void accepted(kj::AutoCloseFd socket, HttpPeer peer) override {
      sockets.push_back(kj::mv(socket));
      peers.push_back(peer);
    }
    std::vector<kj::AutoCloseFd> sockets;
    std::vector<HttpPeer> peers;
  } catcher;
  HttpListener listener(loop_.base(), timer_, kj::mv(std::get<kj::AutoCloseFd>(pair)), 0, catcher);
  port_ = listener.port();
  Client client = connect();
  ASSERT_EQ(catcher.sockets.size(), 1u);
  auto option = [&](int level, int name) {
    int value = 0;
    socklen_t size = sizeof(value);
    KJ_SYSCALL(getsockopt(catcher.sockets[0].get(), level, name, &value, &size));
    return value;
  };
  EXPECT_EQ(option(IPPROTO_TCP, TCP_NODELAY), 1);
  EXPECT_EQ(option(IPPROTO_TCP, TCP_NOTSENT_LOWAT), 128 * 1024);
  int flags;
  KJ_SYSCALL(flags = fcntl(catcher.sockets[0].get(), F_GETFL));
  EXPECT_NE(flags & O_NONBLOCK, 0);
  EXPECT_EQ(catcher.peers[0].address, "127.0.0.1");
  EXPECT_TRUE(catcher.peers[0].isLoopback);
}

TEST_F(HttpServerTest, DrainsWithoutLosingWhatHasBegun) {
  std::vector<HttpExchange*> open;
  onRequest_ = [&](HttpExchange& exchange) { open.push_back(&exchange); };
  start();
  Client idle = connect();
  Client waiting = connect();
  Client streaming = connect();
  Client halfway = connect();
  waiting.send(request());
  runUntil([&] { return open.size() == 1; });
  streaming.send(request());
  runUntil([&] { return open.size() == 2; });
  open[1]->start({}, std::nullopt);
  halfway.send("GET / HTTP/1.1\r\n");
  run();

  auto drained = server_->drain();
  EXPECT_EQ(idle.waitForEnd(), Client::End::kOrderly);
  EXPECT_FALSE(done(drained));
  open[0]->respond({}, bytesOf("waited"));
  ClientResponse response = waiting.next();
  EXPECT_EQ(response.body, "waited");
  EXPECT_EQ(response.fields["connection"], "close");
  tasks_.add(open[1]->write(bytesOf("streamed")));
  open[1]->end();
  EXPECT_EQ(streaming.next().body, "streamed");
  EXPECT_EQ(streaming.waitForEnd(), Client::End::kOrderly);
  EXPECT_FALSE(done(drained));
  halfway.send("Host: a\r\n\r\n");
  runUntil([&] { return open.size() == 3; });
  open[2]->respond({}, bytesOf("late"));
  EXPECT_EQ(halfway.next().body, "late");
  runUntil([&] { return done(drained); });
  EXPECT_TRUE(abandoned_.empty());

  int fd;
  KJ_SYSCALL(fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  kj::AutoCloseFd refused(fd);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port_);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  EXPECT_NE(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
}

TEST_F(HttpServerTest, ClosesOnePortAndServesTheOthers) {
  start();
  uint16_t first = port_;
  Client onFirst = connect();
  auto second = listenTcp("127.0.0.1", 0, PortSharing::kAlone);
  port_ = server_->listen(kj::mv(std::get<kj::AutoCloseFd>(second)));
  Client onSecond = connect();
  server_->stopListening(first);
  EXPECT_EQ(onFirst.waitForEnd(), Client::End::kOrderly);
  onSecond.send(request());
  EXPECT_EQ(onSecond.next().body, "hello");
}

TEST_F(HttpServerTest, AbandonsWhatIsOpenWhenItIsDestroyed) {
  HttpExchange* open = nullptr;
  onRequest_ = [&](HttpExchange& exchange) { open = &exchange; };
  start();
  Client client = connect();
  client.send(request());
  runUntil([&] { return open != nullptr; });
  server_ = nullptr;
  EXPECT_EQ(abandoned_, std::vector<HttpExchange*>{open});
  client.waitForEnd();
}

// Hostile case H47: clients that reset in every state leave nothing behind.
TEST_F(HttpServerTest, KeepsNothingOfClientsThatReset) {
  std::vector<HttpExchange*> open;
  onRequest_ = [&](HttpExchange& exchange) { open.push_back(&exchange); };
  onAbandoned_ = [&](HttpExchange& exchange) { std::erase(open, &exchange); };
  start();
  const std::string texts[] = {
      "",
      "GET / HT",
      request(),
      request() + request(),
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\nabc",
      "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
      "nonsense\r\n"};
  for (int round = 0; round < 200; round++) {
    for (const std::string& text : texts) {
      Client client = connect();
      client.send(text);
      run();
      if (round % 2 == 0 && !open.empty()) open.back()->start({}, std::nullopt);
      client.reset();
    }
    run();
  }
  runUntil([this] { return server_->connections() == 0; });
  EXPECT_TRUE(open.empty());
}

}  // namespace
}  // namespace nano
