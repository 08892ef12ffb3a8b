#include "supervisor/egress/network_fetcher.h"

#include "supervisor/egress/upstream_fixture.h"

namespace nano {
namespace {

using NetworkFetcherTest = FetcherFixture;

constexpr const char* kHello =
    "HTTP/1.1 200 Very OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\nhello";

TEST_F(NetworkFetcherTest, GivesStatusReasonFieldsAndBodyOfAnAnswer) {
  Upstream upstream(answering(kHello));
  FetchedResponse got = response(request(upstream.port()));
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.statusText, "Very OK");
  EXPECT_EQ(field(got, "content-type"), "text/plain");
  EXPECT_EQ(field(got, "content-length"), "5");
  EXPECT_TRUE(std::holds_alternative<kj::Array<kj::byte>>(got.body));
  EXPECT_EQ(bodyOf(got), "hello");
}

TEST_F(NetworkFetcherTest, UsesAConnectionForRequestAfterRequest) {
  Upstream upstream(answering(kHello));
  for (int i = 0; i < 20; ++i) {
    FetchedResponse got = response(request(upstream.port()));
    EXPECT_EQ(bodyOf(got), "hello");
  }
  EXPECT_EQ(upstream.connections(), 1);
  EXPECT_EQ(counters_.connections.load(), 1u);
}

}  // namespace
}  // namespace nano
