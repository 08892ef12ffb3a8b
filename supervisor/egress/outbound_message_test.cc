#include "supervisor/egress/outbound_message.h"

#include <functional>
#include <string>

#include <capnp/message.h>
#include <gtest/gtest.h>

#include "protocol/limits.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;

class OutboundMessageTest : public testing::Test {
 protected:
  OutboundMessageTest() : fetch_(message_.initRoot<rpc::OutboundFetch>()) {
    request_ = fetch_.initRequest();
    request_.setMethod("POST");
    request_.setUrl("https://example.com/a?b");
  }

  // GoogleTest's own must not throw, so neither may ours; a defaulted one might.
  ~OutboundMessageTest() noexcept override {}  // NOLINT(modernize-use-equals-default)

  void setHeader(kj::StringPtr name, kj::StringPtr value) {
    auto headers = request_.initHeaders(1);
    headers[0].setName(name);
    headers[0].setValue(value);
  }
  Kind refusal() {
    auto read = readOutbound(fetch_);
    auto* error = std::get_if<EgressError>(&read);
    return error == nullptr ? Kind::NONE : error->kind;
  }

  capnp::MallocMessageBuilder message_;
  rpc::OutboundFetch::Builder fetch_;
  rpc::Request::Builder request_ = nullptr;
};

TEST_F(OutboundMessageTest, ReadsAFetch) {
  setHeader("x-a", "\xe4");
  request_.initBody().setBytes(kj::StringPtr("body").asBytes());
  fetch_.setHops(3);
  auto read = std::get<OutboundRequest>(readOutbound(fetch_));
  EXPECT_EQ(read.method, "POST");
  EXPECT_EQ(read.destination.host, "example.com");
  EXPECT_EQ(read.destination.target, "/a?b");
  EXPECT_EQ(read.headers[0].second, "\xe4");
  EXPECT_EQ(std::get<kj::Array<kj::byte>>(read.body).size(), 4u);
  EXPECT_EQ(read.hops, 3);
}

TEST_F(OutboundMessageTest, ReadsACallOfAMethodByAServiceBindingOnly) {
  fetch_.setMethod("add");
  EXPECT_EQ(refusal(), Kind::PROTOCOL);
  fetch_.setService("SHOP");
  auto read = std::get<OutboundRequest>(readOutbound(fetch_));
  EXPECT_EQ(read.rpcMethod, "add");
  EXPECT_EQ(read.entrypoint + read.props, "") << "a worker has no say in these";
  fetch_.setMethod(std::string(256, 'm'));
  EXPECT_EQ(refusal(), Kind::NONE);
  fetch_.setMethod(std::string(257, 'm'));
  EXPECT_EQ(refusal(), Kind::PROTOCOL);
}

TEST_F(OutboundMessageTest, RefusesAMethodThatCannotBeSent) {
  for (kj::StringPtr method : {""_kj, "GET /"_kj, "A\r\nB"_kj, "CONNECT"_kj, "trace"_kj,
                               "AVERYLONGMETHODTHATNOBODYHASEVERSEEN"_kj}) {
    request_.setMethod(method);
    EXPECT_EQ(refusal(), Kind::PROTOCOL) << method.cStr();
  }
}

TEST_F(OutboundMessageTest, RefusesAHeaderThatCouldSplitTheHead) {
  setHeader("x-a", "b\r\nhost: c");
  EXPECT_EQ(refusal(), Kind::PROTOCOL);
  setHeader("x-a: b", "c");
  EXPECT_EQ(refusal(), Kind::PROTOCOL);
  setHeader("x-a", "b");
  EXPECT_EQ(refusal(), Kind::NONE);
}

TEST_F(OutboundMessageTest, LeavesTheConnectionsFieldsOut) {
  for (kj::StringPtr name :
       {"connection"_kj, "content-length"_kj, "host"_kj, "transfer-encoding"_kj, "te"_kj,
        "upgrade"_kj, "expect"_kj, "keep-alive"_kj, "trailer"_kj, "proxy-connection"_kj,
        "Connection"_kj, "Content-Length"_kj, "HOST"_kj, "Transfer-encodinG"_kj, "Te"_kj}) {
    setHeader(name, "1");
    const auto read = std::get<OutboundRequest>(readOutbound(fetch_));
    EXPECT_TRUE(read.headers.empty() && read.spellings.empty()) << name.cStr();
  }
}

TEST_F(OutboundMessageTest, KeepsTheSpellingOfANameBesideIt) {
  auto headers = request_.initHeaders(4);
  for (auto [i, name] : {std::pair{0u, "Host"_kj}, {1u, "x-a"_kj}, {2u, "X-B"_kj}, {3u, "x-c"_kj}})
    headers[i].setName(name);
  const auto read = std::get<OutboundRequest>(readOutbound(fetch_));
  ASSERT_EQ(read.headers.size(), 3u);
  EXPECT_EQ(read.headers[1].first, "x-b");
  EXPECT_EQ(read.spellings, (std::map<size_t, std::string>{{1, "X-B"}}));
}

TEST_F(OutboundMessageTest, RefusesTooManyHeadersAndTooLargeOnes) {
  auto headers = request_.initHeaders(kMaxResponseHeaders + 1);
  for (auto header : headers)
    header.setName("a");
  EXPECT_EQ(refusal(), Kind::PROTOCOL);
  setHeader("a", std::string(kMaxRequestHeaderBytes, 'x').c_str());
  EXPECT_EQ(refusal(), Kind::PROTOCOL);
}

TEST_F(OutboundMessageTest, RefusesALongUrl) {
  request_.setUrl(("https://example.com/" + std::string(kMaxUrlBytes, 'x')).c_str());
  EXPECT_EQ(refusal(), Kind::PROTOCOL);
}

TEST_F(OutboundMessageTest, CutsALoop) {
  fetch_.setHops(kMaxHops - 1);
  EXPECT_EQ(refusal(), Kind::NONE);
  fetch_.setHops(kMaxHops);
  EXPECT_EQ(refusal(), Kind::LOOP);
}

TEST_F(OutboundMessageTest, WritesAResponse) {
  FetchedResponse response;
  response.status = 201;
  response.statusText = "Made";
  response.headers = {{"set-cookie", "a=1"}, {"set-cookie", "b=2"}};
  response.body = kj::heapArray<kj::byte>(kj::StringPtr("x").asBytes());
  capnp::MallocMessageBuilder out;
  auto result = out.initRoot<rpc::FetchResult>();
  write(FetchOutcome(std::move(response)), result);
  auto read = result.asReader().getResponse();
  EXPECT_EQ(read.getStatus(), 201);
  EXPECT_EQ(read.getStatusText(), "Made"_kj);
  ASSERT_EQ(read.getHeaders().size(), 2u);
  EXPECT_EQ(read.getHeaders()[1].getValue(), "b=2"_kj);
  EXPECT_EQ(read.getBody().getBytes().size(), 1u);
}

TEST_F(OutboundMessageTest, WritesAFailure) {
  capnp::MallocMessageBuilder out;
  auto result = out.initRoot<rpc::FetchResult>();
  write(FetchOutcome(EgressError{Kind::DENIED, "no"}), result);
  EXPECT_EQ(result.getFailure().getKind(), Kind::DENIED);
  EXPECT_EQ(result.getFailure().getMessage(), "no"_kj);
}

}  // namespace
}  // namespace nano
