// Sockets, WebSockets and event streams of apps, through nanod, to servers that others wrote.

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

#include <gtest/gtest.h>
#include <kj/debug.h>
#include <kj/io.h>

#include "tests/harness/nanod.h"

namespace nano::test {
namespace {

using nlohmann::json;

const std::string kApps = NANO_NPM_APPS;

void run(const std::string& path, const std::vector<std::string>& arguments) {
  RunningProgram program(path, arguments);
  KJ_REQUIRE(program.wait() == 0, path.c_str());
}

uint16_t freePort() {
  int fd;
  KJ_SYSCALL(fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  kj::AutoCloseFd closing(fd);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  KJ_SYSCALL(bind(fd, reinterpret_cast<sockaddr*>(&address), size));
  KJ_SYSCALL(getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size));
  return ntohs(address.sin_port);
}

// A server's certificate for loopback, which is its own authority, and a nanod that trusts it and
// lets apps reach loopback.
class SocketsTest : public testing::Test {
 protected:
  SocketsTest() {
    run("/usr/bin/openssl",
        {"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days",
         "2", "-subj", "/CN=nano test", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", keyPath(), "-out", certificatePath()});
    directory_.write("policy.jsonc",
                     R"({"egress": {"rules": [{"allow": {"cidr": "127.0.0.1", "ports":
                         "1024-65535"}}]}})");
  }

  std::string certificatePath() const { return directory_.path() + "/cert.pem"; }
  std::string keyPath() const { return directory_.path() + "/key.pem"; }
  Nanod::Options options() const {
    Nanod::Options options;
    options.flags = {"--policy=" + directory_.path() + "/policy.jsonc",
                     "--egress-ca=" + certificatePath()};
    return options;
  }

  TestDirectory directory_;
};

json ask(const Nanod& nanod, const std::string& app, const std::string& path) {
  const HttpResponse response = nanod.get(app + ".localhost", path);
  EXPECT_EQ(response.status, 200) << path << ": " << response.body
                                  << nanod.nanoctl({"logs", app}).out;
  return json::parse(response.body, nullptr, false);
}

TEST_F(SocketsTest, AnAppQueriesADatabase) {
  const uint16_t port = freePort();
  RunningProgram postgres(NANO_HARNESS "/postgres.sh", {directory_.path(), std::to_string(port)});
  for (std::string line = postgres.readLine();
       line.find("ready to accept connections") == std::string::npos; line = postgres.readLine())
    ASSERT_NE(line, "") << "the database did not start";
  Nanod nanod(options());
  const std::string url = "postgres://postgres@127.0.0.1:" + std::to_string(port) + "/postgres";
  const auto deployed =
      nanod.nanoctl({"deploy", kApps + "/postgres", "--name=db", "--var=DATABASE=" + url});
  ASSERT_EQ(deployed.exitCode, 0) << deployed.err;
  EXPECT_EQ(ask(nanod, "db", "/select"), json({{"answer", 42}, {"text", "gr\u00fcn"}}));
  EXPECT_EQ(ask(nanod, "db", "/many"),
            json({{"rows", 20000}, {"last", 20000}, {"bytes", 2'000'000}}));
  EXPECT_EQ(ask(nanod, "db", "/write"), json({{"length", 300'000}}));
  EXPECT_EQ(ask(nanod, "db", "/parallel"), json({1, 2, 3, 4}));
  EXPECT_EQ(ask(nanod, "db", "/error"), json({{"code", "42P01"}}));
  EXPECT_EQ(ask(nanod, "db", "/tls")["ssl"], false);
  EXPECT_EQ(ask(nanod, "db", "/tls?ssl"), json({{"ssl", true}, {"version", "TLSv1.3"}}));
  EXPECT_EQ(ask(nanod, "db", "/many?ssl")["rows"], 20000);
}

class WebSocketsTest : public SocketsTest {
 protected:
  WebSocketsTest()
      : server_(NANO_LIB_DIR "/engine",
                {kApps + "/server/server.mjs", certificatePath(), keyPath()}) {
    const std::string ports = server_.readLine();
    const size_t space = ports.find(' ');
    KJ_REQUIRE(space != std::string::npos, "the server did not start");
    plain_ = "ws://127.0.0.1:" + ports.substr(0, space);
    secure_ = "wss://127.0.0.1:" + ports.substr(space + 1);
  }

  // GoogleTest's own must not throw, so neither may ours; a defaulted one might.
  ~WebSocketsTest() noexcept override {}  // NOLINT(modernize-use-equals-default)

  void deploy(const Nanod& nanod) const {
    const auto deployed = nanod.nanoctl({"deploy", kApps + "/websocket", "--name=ws",
                                         "--var=PLAIN=" + plain_, "--var=SECURE=" + secure_});
    ASSERT_EQ(deployed.exitCode, 0) << deployed.err;
  }

  RunningProgram server_;
  std::string plain_;
  std::string secure_;
};

TEST_F(WebSocketsTest, AnAppTalksToAServer) {
  Nanod nanod(options());
  deploy(nanod);
  const json echoed = {{"protocol", "chat"},
                       {"text", "gr\u00fc\u00dfe"},
                       {"isSame", true},
                       {"sameBytes", true},
                       {"end", {4001, "done", true}}};
  EXPECT_EQ(ask(nanod, "ws", "/echo"), echoed);
  EXPECT_EQ(ask(nanod, "ws", "/echo?tls"), echoed);
  EXPECT_EQ(ask(nanod, "ws", "/server"), json({{"events", {"pong are you there", "in two parts"}},
                                               {"end", {4002, "enough", true}}}));
  EXPECT_EQ(ask(nanod, "ws", "/fetch"),
            json({{"status", 101}, {"text", "by fetch"}, {"end", {1000, "", true}}}));
  EXPECT_NE(ask(nanod, "ws", "/refused").dump().find("but received 403"), std::string::npos);
}

TEST_F(WebSocketsTest, AnAppReadsAnEventStream) {
  Nanod nanod(options());
  deploy(nanod);
  EXPECT_EQ(ask(nanod, "ws", "/events"),
            json::array({{"1", "1"}, {"2", "2"}, {"3", "3"}, {"4", "4"}}));
}

TEST_F(WebSocketsTest, WithoutARuleLoopbackIsDenied) {
  Nanod nanod;
  deploy(nanod);
  const HttpResponse response = nanod.get("ws.localhost", "/refused");
  EXPECT_NE(response.body.find("is not allowed"), std::string::npos) << response.body;
}

}  // namespace
}  // namespace nano::test
