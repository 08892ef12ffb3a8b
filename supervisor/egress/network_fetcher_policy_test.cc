// Where a fetch goes, and where it does not.

#include <fstream>

#include "supervisor/egress/network_fetcher.h"
#include "supervisor/egress/upstream_fixture.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;

class NetworkFetcherPolicyTest : public FetcherFixture {
 protected:
  static IpAddress ip(std::string_view text) { return *parseIpAddress(text); }
};

constexpr const char* kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

TEST_F(NetworkFetcherPolicyTest, AsksBeforeANameIsLookedUp) {
  policy_->deniedHosts = {"up.test"};
  EgressError error = failure(request(80));
  EXPECT_EQ(error.kind, Kind::DENIED);
  EXPECT_EQ(error.message, "http://up.test may not be reached from here (rule of hosts)");
  EXPECT_TRUE(resolver_.asked.empty());
}

TEST_F(NetworkFetcherPolicyTest, ConnectsToNoAddressThatIsDenied) {
  Upstream upstream(answering(kHello));
  policy_->deniedAddresses = {"127.0.0.1"};
  EgressError error = failure(request(upstream.port()));
  EXPECT_EQ(error.kind, Kind::DENIED);
  EXPECT_NE(error.message.find("up.test"), std::string::npos);
  EXPECT_NE(error.message.find("rule of addresses"), std::string::npos);
  EXPECT_EQ(error.message.find("127.0.0.1"), std::string::npos);
  EXPECT_EQ(upstream.connections(), 0);
}

TEST_F(NetworkFetcherPolicyTest, DropsDeniedAddressesAndConnectsToTheRest) {
  Upstream upstream(answering(kHello));
  resolver_.names["up.test"] = {ip("127.0.0.2"), ip("::1"), ip("127.0.0.1")};
  policy_->deniedAddresses = {"127.0.0.2", "::1"};
  FetchedResponse got = response(request(upstream.port()));
  EXPECT_EQ(bodyOf(got), "hello");
}

TEST_F(NetworkFetcherPolicyTest, TriesTheNextAddressWhereOneDoesNotAnswer) {
  Upstream upstream(answering(kHello));
  // Nobody listens on the first two.
  resolver_.names["up.test"] = {ip("::1"), ip("127.0.0.7"), ip("127.0.0.8"), ip("127.0.0.9"),
                                ip("127.0.0.1")};
  FetchedResponse got = response(request(upstream.port()));
  EXPECT_EQ(bodyOf(got), "hello");
}

TEST_F(NetworkFetcherPolicyTest, TakesAnAddressInTheUrlAsItIs) {
  Upstream upstream(answering(kHello));
  OutboundRequest asked = request(upstream.port());
  asked.destination.host = "127.0.0.1";
  FetchedResponse got = response(kj::mv(asked));
  EXPECT_EQ(bodyOf(got), "hello");
  EXPECT_TRUE(resolver_.asked.empty());
  EXPECT_GE(policy_->addressDecisions, 2);

  // Nobody listens there, or nobody can be asked, which curl finds out.
  OutboundRequest six = request(upstream.port());
  six.destination.host = "::1";
  EXPECT_EQ(failure(kj::mv(six)).kind, Kind::CONNECT_FAILED);
  policy_->deniedAddresses = {"::1"};
  OutboundRequest denied = request(upstream.port());
  denied.destination.host = "::1";
  EXPECT_EQ(failure(kj::mv(denied)).kind, Kind::DENIED);
}

TEST_F(NetworkFetcherPolicyTest, LooksAtTheAddressAgainWhenItConnects) {
  // What is allowed while the name is looked up and denied when it is connected to.
  class Changing final : public EgressPolicy {
   public:
    EgressDecision decide(const Destination&) const override { return {true, ""}; }
    EgressDecision decide(const Destination&, const IpAddress&) const override {
      return {asked++ == 0, "changed"};
    }
    std::string proxy() const override { return ""; }
    mutable int asked = 0;
  };
  Upstream upstream(answering(kHello));
  NetworkFetcher changing({loop_, resolver_, settings_, counters_, traffic_},
                          std::make_shared<Changing>());
  auto got = loop_.run(changing.fetch(request(upstream.port())));
  EXPECT_EQ(std::get<EgressError>(got).kind, Kind::DENIED);
  EXPECT_EQ(upstream.connections(), 0);
}

TEST_F(NetworkFetcherPolicyTest, GivesTheRequestBackThatLeadsToThisServer) {
  class Here final : public EgressPolicy {
   public:
    EgressDecision decide(const Destination&) const override { return {true, ""}; }
    EgressDecision decide(const Destination&, const IpAddress&) const override {
      return {false, "it is here", EgressDecision::Why::kThisServer};
    }
    std::string proxy() const override { return ""; }
  };
  Upstream upstream(answering(kHello));
  NetworkFetcher here({loop_, resolver_, settings_, counters_, traffic_}, std::make_shared<Here>());
  OutboundRequest asked = request(upstream.port(), "/x", "POST");
  asked.body = bytesOfText("body");
  auto got = loop_.run(here.fetch(kj::mv(asked)));
  auto& error = std::get<EgressError>(got);
  EXPECT_EQ(error.kind, Kind::DENIED);
  ASSERT_NE(error.arrived, nullptr);
  EXPECT_EQ(error.arrived->destination.target, "/x");
  EXPECT_EQ(std::get<kj::Array<kj::byte>>(error.arrived->body).size(), 4u);
  EXPECT_EQ(upstream.connections(), 0);
  policy_->deniedAddresses = {"127.0.0.1"};
  EXPECT_EQ(failure(request(upstream.port())).arrived, nullptr);
}

TEST_F(NetworkFetcherPolicyTest, LooksAtAPooledConnectionAgainBeforeItIsUsed) {
  Upstream upstream(answering(kHello));
  response(request(upstream.port()));
  // Another address is allowed, so that the fetch goes on to the pool.
  resolver_.names["up.test"] = {ip("127.0.0.9")};
  policy_->deniedAddresses = {"127.0.0.1"};
  EXPECT_EQ(failure(request(upstream.port())).kind, Kind::DENIED);
}

TEST_F(NetworkFetcherPolicyTest, SaysThatANameDoesNotExist) {
  OutboundRequest asked = request(80);
  asked.destination.host = "nowhere.test";
  EgressError error = failure(kj::mv(asked));
  EXPECT_EQ(error.kind, Kind::NAME_NOT_FOUND);
  EXPECT_EQ(error.message, "the name nowhere.test does not exist");
}

TEST_F(NetworkFetcherPolicyTest, SaysThatNobodyListens) {
  uint16_t free;
  {
    Upstream gone(answering(kHello));
    free = gone.port();
  }
  EgressError error = failure(request(free));
  EXPECT_EQ(error.kind, Kind::CONNECT_FAILED);
  EXPECT_NE(error.message.find("Connection refused"), std::string::npos) << error.message;
  EXPECT_EQ(error.message.find("127.0.0.1"), std::string::npos) << error.message;
}

// As many threads as curl's own resolver would need.
size_t threads() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("Threads:")) return std::stoul(line.substr(8));
  }
  return 0;
}

TEST_F(NetworkFetcherPolicyTest, CurlLooksNoNameUp) {
  CurlMulti multi(loop_, settings_, traffic_);
  struct Call final : CurlCall {
    void finished(CURLcode code) override { result = code; }
    void report() override {}
    void wasRead(curl_socket_t) override {}
    void waitsFor(int) override {}
    std::optional<CURLcode> result;
  } call;
  auto handle = multi.takeHandle();
  setCurl(handle->easy(), CURLOPT_URL, "http://other.test/");
  // Another name is known, and an address would need none.
  handle->connectTo("up.test", 80, "127.0.0.1");
  size_t before = threads();
  multi.start(*handle, call);
  loop_.runOnce();
  EXPECT_EQ(call.result, CURLE_COULDNT_RESOLVE_HOST);
  EXPECT_EQ(threads(), before);
}

TEST_F(NetworkFetcherPolicyTest, ForgetsTheAddressesOfAnEarlierFetch) {
  Upstream upstream(answering(kHello));
  CurlMulti multi(loop_, settings_, traffic_);
  auto handle = multi.takeHandle();
  handle->connectTo("up.test", upstream.port(), "127.0.0.1");
  handle->connectTo("other.test", upstream.port(), "127.0.0.9");
  handle->connectTo("up.test", upstream.port(), "127.0.0.2");
  response(request(upstream.port()));
  resolver_.names["up.test"] = {ip("127.0.0.9")};
  fetcher_ = nullptr;
  EXPECT_EQ(failure(request(upstream.port())).kind, Kind::CONNECT_FAILED);
}

// A proxy that passes a tunnel's bytes to `target`, or answers what is not CONNECT itself.
Upstream::Script proxyTo(std::vector<std::string>& heads) {
  return [&heads](Peer& peer, int) {
    std::string head;
    while (!(head = peer.readHead()).empty()) {
      heads.push_back(head);
      if (head.starts_with("CONNECT")) {
        peer.write("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
      } else {
        peer.write(kHello);
      }
    }
  };
}

TEST_F(NetworkFetcherPolicyTest, GoesThroughTheOperatorsProxy) {
  std::vector<std::string> heads;
  {
    Upstream proxy(proxyTo(heads));
    policy_->proxyUrl = "http://proxy.test:" + std::to_string(proxy.port());
    policy_->deniedAddresses = {"127.0.0.1"};  // The proxy is not subject to the policy.
    resolver_.names = {{"proxy.test", {ip("127.0.0.1")}}};
    OutboundRequest asked = request(8080, "/a?b");
    asked.headers = {{"x-mine", "1"}};
    FetchedResponse got = response(kj::mv(asked));
    EXPECT_EQ(bodyOf(got), "hello");
    EgressError error = failure(secure(443));
    EXPECT_EQ(error.kind, Kind::CONNECT_FAILED);
    EXPECT_NE(error.message.find("403"), std::string::npos) << error.message;
    fetcher_ = nullptr;
  }
  ASSERT_EQ(heads.size(), 2u);
  EXPECT_TRUE(
      heads[0].starts_with("GET http://up.test:8080/a?b HTTP/1.1\r\nHost: up.test:8080\r\n"))
      << heads[0];
  EXPECT_NE(heads[0].find("x-mine: 1"), std::string::npos);
  EXPECT_TRUE(heads[1].starts_with("CONNECT up.test:443 HTTP/1.1\r\n")) << heads[1];
  EXPECT_EQ(resolver_.asked, (std::vector<std::string>{"proxy.test", "proxy.test"}));
}

TEST_F(NetworkFetcherPolicyTest, AsksForAddressesInUrlsBeforeTheProxyGetsThem) {
  std::vector<std::string> heads;
  Upstream proxy(proxyTo(heads));
  policy_->proxyUrl = "http://127.0.0.1:" + std::to_string(proxy.port());
  policy_->deniedAddresses = {"10.0.0.1"};
  OutboundRequest asked = request(80);
  asked.destination.host = "10.0.0.1";
  EXPECT_EQ(failure(kj::mv(asked)).kind, Kind::DENIED);
  EXPECT_EQ(proxy.connections(), 0);
}

TEST_F(NetworkFetcherPolicyTest, SendsNoHeadRequestWithABody) {
  Upstream upstream(answering(kHello));
  OutboundRequest asked = request(upstream.port(), "/", "HEAD");
  asked.body = bytesOfText("body");
  EXPECT_EQ(failure(kj::mv(asked)).kind, Kind::DENIED);
  EXPECT_EQ(upstream.connections(), 0);
}

}  // namespace
}  // namespace nano
