// How long things last: deadlines, back-pressure, and what is dropped at any time.

#include <sys/resource.h>

#include "protocol/limits.h"
#include "supervisor/egress/network_fetcher.h"
#include "supervisor/egress/upstream_fixture.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;
using Stream = OutboundRequest::Stream;
using NetworkFetcherLifetimeTest = FetcherFixture;

constexpr const char* kChunkedHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

// A socket that accepts nobody: its backlog is full, so that connecting neither works nor fails.
class FullListener {
 public:
  FullListener() {
    int fd;
    KJ_SYSCALL(fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    listener_ = kj::AutoCloseFd(fd);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    KJ_SYSCALL(bind(fd, reinterpret_cast<sockaddr*>(&address), size));
    KJ_SYSCALL(listen(fd, 0));
    KJ_SYSCALL(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size));
    port = ntohs(address.sin_port);
    for (int i = 0; i < 4; ++i)
      fill(address);
  }
  uint16_t port;

 private:
  void fill(const sockaddr_in& address) {
    int client;
    KJ_SYSCALL(client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    clients_.add(client);
    static_cast<void>(
        connect(client, reinterpret_cast<const sockaddr*>(&address), sizeof(address)));
  }

  kj::AutoCloseFd listener_;
  kj::Vector<kj::AutoCloseFd> clients_;
};

TEST_F(NetworkFetcherLifetimeTest, TimesOutWhereNobodyAccepts) {
  settings_.connectTimeout = 50 * kj::MILLISECONDS;
  FullListener full;
  EgressError error = failure(request(full.port));
  EXPECT_EQ(error.kind, Kind::TIMED_OUT);
  EXPECT_NE(error.message.find("could not be connected to in time"), std::string::npos);
}

TEST_F(NetworkFetcherLifetimeTest, TimesOutWhereTlsIsNotSpoken) {
  settings_.connectTimeout = 50 * kj::MILLISECONDS;
  Upstream upstream([](Peer& peer, int) { peer.waitForEnd(); });
  EXPECT_EQ(failure(secure(upstream.port())).kind, Kind::TIMED_OUT);
}

TEST_F(NetworkFetcherLifetimeTest, TimesOutWithoutAHead) {
  settings_.headTimeout = 50 * kj::MILLISECONDS;
  // Also one that comes byte by byte (U18).
  for (bool drips : {false, true}) {
    Upstream upstream([drips](Peer& peer, int) {
      peer.readHead();
      peer.write("HTTP/1.1 200 OK\r\nX: ");
      while (drips && peer.write("x"))
        usleep(1000);
      peer.waitForEnd();
    });
    EgressError error = failure(request(upstream.port()));
    EXPECT_EQ(error.kind, Kind::TIMED_OUT) << error.message;
    EXPECT_NE(error.message.find("did not answer in time"), std::string::npos);
  }
}

TEST_F(NetworkFetcherLifetimeTest, TimesOutInABodyThatDoesNotGoOn) {
  settings_.idleTimeout = 50 * kj::MILLISECONDS;
  std::atomic<bool> ended{false};
  Upstream upstream([&ended](Peer& peer, int) {
    peer.readHead();
    peer.write(std::string(kChunkedHead) + "5\r\nhello\r\n");
    peer.waitForEnd();
    ended = true;
  });
  FetchedResponse got = response(request(upstream.port()));
  std::string body = bodyOf(got);
  EXPECT_TRUE(body.starts_with("helloBROKEN: ")) << body;
  EXPECT_NE(body.find("in time"), std::string::npos) << body;
  runUntil([&]() { return ended.load(); });
}

TEST_F(NetworkFetcherLifetimeTest, DoesNotTimeAReaderWhoDoesNotRead) {
  settings_.idleTimeout = 5 * kj::MILLISECONDS;
  std::atomic<bool> goOn{false};
  Upstream upstream([&goOn](Peer& peer, int) {
    peer.readHead();
    peer.write(kChunkedHead);
    while (!goOn)
      std::this_thread::yield();
    peer.write("5\r\nhello\r\n0\r\n\r\n");
    peer.waitForEnd();
  });
  FetchedResponse got = response(request(upstream.port()));
  loop_.run(loop_.timer().afterDelay(50 * kj::MILLISECONDS));
  settings_.idleTimeout = 30 * kj::SECONDS;
  goOn = true;
  EXPECT_EQ(bodyOf(got), "hello");
}

// Writes until the client takes no more, and then whatever it takes.
Upstream::Script endless(std::atomic<uint64_t>& written, std::atomic<bool>& ended) {
  return [&](Peer& peer, int) {
    peer.readHead();
    peer.write("HTTP/1.1 200 OK\r\n\r\n");
    std::string piece(64 * kKiB, 'x');
    while (peer.write(piece))
      written += piece.size();
    ended = true;
  };
}

TEST_F(NetworkFetcherLifetimeTest, HoldsNoMoreThanAWindowOfABody) {
  std::atomic<uint64_t> written{0};
  std::atomic<bool> ended{false};
  Upstream upstream(endless(written, ended));
  FetchedResponse got = response(request(upstream.port()));
  ByteReader reader(kj::mv(std::get<Stream>(got.body).source));
  size_t most = 0;
  for (int i = 0; i < 200; ++i) {
    // Time for more to come than is held.
    for (int turn = 0; turn < 50; ++turn)
      loop_.runOnce();
    most = std::max(most, loop_.run(reader.read(kMaxReadBytes)).bytes.size());
  }
  EXPECT_LE(most, 256u * 1024u);
}

TEST_F(NetworkFetcherLifetimeTest, SleepsWhileNobodyReads) {
  std::atomic<uint64_t> written{0};
  std::atomic<bool> ended{false};
  Upstream upstream(endless(written, ended));
  FetchedResponse got = response(request(upstream.port()));
  loop_.run(loop_.timer().afterDelay(100 * kj::MILLISECONDS));
  uint64_t before = loop_.turns();
  loop_.run(loop_.timer().afterDelay(100 * kj::MILLISECONDS));
  // The timer's turns and a few of the socket's; a loop that spins makes a hundred thousand.
  EXPECT_LT(loop_.turns() - before, 200u);
}

TEST_F(NetworkFetcherLifetimeTest, DroppingABodyClosesItsConnection) {
  std::atomic<uint64_t> written{0};
  std::atomic<bool> ended{false};
  Upstream upstream(endless(written, ended));
  FetchedResponse got = response(request(upstream.port()));
  EXPECT_FALSE(ended);
  got.body = std::monostate();
  runUntil([&]() { return ended.load(); });
}

TEST_F(NetworkFetcherLifetimeTest, DroppingAFetchClosesItsConnection) {
  std::atomic<int> ended{0};
  std::atomic<int> asked{0};
  Upstream upstream([&](Peer& peer, int) {
    peer.readHead();
    ++asked;
    peer.waitForEnd();
    ++ended;
  });
  {
    auto first = fetcher().fetch(request(upstream.port()));
    auto second = fetcher().fetch(request(upstream.port()));
    runUntil([&]() { return asked == 2; });
  }
  runUntil([&]() { return ended == 2; });
}

TEST_F(NetworkFetcherLifetimeTest, DroppingAFetchWhileItsNameIsLookedUp) {
  resolver_.hangs = true;
  { auto dropped = fetcher().fetch(request(80)); }
  auto kept = fetcher().fetch(request(80));
  loop_.runOnce();
  fetcher_ = nullptr;
  auto outcome = loop_.run(kj::mv(kept));
  EXPECT_EQ(std::get<EgressError>(outcome).kind, Kind::CANCELED);
}

TEST_F(NetworkFetcherLifetimeTest, DroppingAFetchThatHasJustBegun) {
  Upstream upstream([](Peer& peer, int) { peer.waitForEnd(); });
  for (int turns = 0; turns < 5; ++turns) {
    auto dropped = fetcher().fetch(request(upstream.port()));
    for (int i = 0; i < turns; ++i)
      loop_.runOnce();
  }
  loop_.runOnce();
}

TEST_F(NetworkFetcherLifetimeTest, EndsWithFetchesInEveryPhase) {
  FullListener full;
  std::atomic<int> asked{0};
  std::atomic<int> ended{0};
  Upstream upstream([&](Peer& peer, int) {
    std::string head = peer.readHead();
    if (head.find("/body") != std::string::npos) {
      peer.write(std::string(kChunkedHead) + "5\r\nhello\r\n");
    }
    if (head.find("/whole") != std::string::npos) {
      std::string large(300 * kKiB, 'x');
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 307200\r\n\r\n" + large);
    }
    ++asked;
    peer.waitForEnd();
    ++ended;
  });
  auto source = makeByteSource([](size_t maxBytes) -> kj::Promise<ByteChunk> {
    return ByteChunk{kj::heapArray<kj::byte>(maxBytes), false};
  });
  OutboundRequest upload = request(upstream.port(), "/upload", "POST");
  upload.body = Stream{kj::mv(source), std::nullopt};
  auto connecting = fetcher().fetch(request(full.port));
  auto handshaking = fetcher().fetch(secure(upstream.port()));
  auto waiting = fetcher().fetch(request(upstream.port(), "/wait"));
  auto uploading = fetcher().fetch(kj::mv(upload));
  FetchedResponse reading = response(request(upstream.port(), "/body"));
  FetchedResponse unread = response(request(upstream.port(), "/body"));
  FetchedResponse whole = response(request(upstream.port(), "/whole"));
  auto fresh = fetcher().fetch(request(upstream.port(), "/fresh"));
  ByteReader reader(kj::mv(std::get<Stream>(reading.body).source));
  EXPECT_EQ(loop_.run(reader.read(100)).bytes.size(), 5u);
  auto pending = reader.read(100);
  runUntil([&]() { return asked >= 5; });

  fetcher_ = nullptr;
  for (auto* each : {&connecting, &handshaking, &waiting, &uploading, &fresh}) {
    auto outcome = loop_.run(kj::mv(*each));
    EXPECT_EQ(std::get<EgressError>(outcome).kind, Kind::CANCELED);
  }
  EXPECT_NE(kj::runCatchingExceptions([&]() { loop_.run(kj::mv(pending)); }), nullptr);
  EXPECT_TRUE(bodyOf(unread).starts_with("helloBROKEN: "));
  runUntil([&]() { return ended == upstream.connections(); });
}

TEST_F(NetworkFetcherLifetimeTest, ABodyThatHasArrivedOutlivesItsFetcher) {
  std::string large(150 * kKiB, 'x');
  Upstream upstream(answering("HTTP/1.1 200 OK\r\nContent-Length: 153600\r\n\r\n" + large));
  FetchedResponse got = response(request(upstream.port()));
  // Once all of it is here, the next fetch finds the connection free.
  uint64_t connections = 0;
  do {
    connections = counters_.connections;
    response(request(upstream.port(), "/", "HEAD"));
  } while (counters_.connections > connections);
  fetcher_ = nullptr;
  EXPECT_EQ(bodyOf(got).size(), large.size());
}

TEST_F(NetworkFetcherLifetimeTest, FailsWhenThereIsNoDescriptorLeft) {
  std::atomic<int> asked{0};
  std::atomic<bool> goOn{false};
  Upstream upstream([&](Peer& peer, int) {
    while (!peer.readHead().empty()) {
      ++asked;
      while (!goOn)
        std::this_thread::yield();
      peer.write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    }
  });
  auto first = fetcher().fetch(request(upstream.port()));
  runUntil([&]() { return asked == 1; });
  rlimit before{};
  KJ_SYSCALL(getrlimit(RLIMIT_NOFILE, &before));
  rlimit none{3, before.rlim_max};
  KJ_SYSCALL(setrlimit(RLIMIT_NOFILE, &none));
  EgressError error = failure(request(upstream.port()));
  KJ_SYSCALL(setrlimit(RLIMIT_NOFILE, &before));
  EXPECT_EQ(error.kind, Kind::CONNECT_FAILED) << error.message;
  EXPECT_NE(error.message.find("Too many open files"), std::string::npos) << error.message;
  goOn = true;
  auto outcome = loop_.run(kj::mv(first));
  EXPECT_TRUE(std::holds_alternative<FetchedResponse>(outcome));
}

}  // namespace
}  // namespace nano
