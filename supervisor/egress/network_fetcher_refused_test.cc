// Requests that an HTTP/2 server refuses without having looked at them (RFC 9113 8.7).

#include <kj/mutex.h>

#include "protocol/limits.h"
#include "supervisor/egress/http2_fixture.h"
#include "supervisor/egress/network_fetcher.h"
#include "supervisor/egress/tls_fixture.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;

enum class Refusal { kReset, kGoAway };

class NetworkFetcherRefusedTest : public FetcherFixture {
 protected:
  NetworkFetcherRefusedTest() {
    settings_.roots = TrustedAuthority::get().roots;
    server_ = makeTlsServer(TrustedAuthority::get().authority.issue("DNS:up.test"));
    speakHttp2(server_.get());
  }

  static void refuse(Http2Peer& http2, const Http2Peer::Request& request, Refusal refusal) {
    if (refusal == Refusal::kReset) {
      http2.reset(request, NGHTTP2_REFUSED_STREAM);
    } else {
      http2.goAway(std::max(0, request.stream - 2));
    }
  }
  // Answers what `answers` says, by the number of the request, and refuses all others. Bodies are
  // in bodies_.
  Upstream::Script refusing(Refusal refusal, std::function<bool(int)> answers) {
    return [this, refusal, answers = std::move(answers)](Peer& peer, int) {
      Http2Peer http2(peer);
      while (auto* request = http2.next()) {
        int number = ++requests_;
        *lastBody_.lockExclusive() = request->body;
        if (answers(number)) {
          http2.respond(*request, "200", {}, 5);
        } else {
          refuse(http2, *request, refusal);
        }
      }
    };
  }
  OutboundRequest post(uint16_t port, std::string_view body = "") {
    OutboundRequest asked = secure(port, "POST");
    if (!body.empty()) asked.body = bytesOfText(body);
    return asked;
  }

  TlsServer server_;
  std::atomic<int> requests_{0};
  kj::MutexGuarded<std::string> lastBody_;
};

TEST_F(NetworkFetcherRefusedTest, APostIsSentOnceMore) {
  for (Refusal refusal : {Refusal::kReset, Refusal::kGoAway}) {
    for (const char* body : {"", "body"}) {
      requests_ = 0;
      Upstream upstream(refusing(refusal, [](int number) { return number == 2; }), server_.get());
      FetchedResponse got = response(post(upstream.port(), body));
      EXPECT_EQ(bodyOf(got), "xxxxx");
      EXPECT_EQ(requests_, 2);
      fetcher_ = nullptr;
      EXPECT_EQ(*lastBody_.lockExclusive(), body);
    }
  }
}

TEST_F(NetworkFetcherRefusedTest, SoItIsOnAConnectionOfThePool) {
  for (Refusal refusal : {Refusal::kReset, Refusal::kGoAway}) {
    for (const char* method : {"GET", "POST"}) {
      requests_ = 0;
      Upstream upstream(refusing(refusal, [](int number) { return number != 2; }), server_.get());
      response(post(upstream.port()));
      OutboundRequest asked = secure(upstream.port(), method);
      const std::string body = std::string_view(method) == "POST" ? "body" : "";
      if (!body.empty()) asked.body = bytesOfText(body);
      FetchedResponse got = response(kj::mv(asked));
      EXPECT_EQ(bodyOf(got), "xxxxx");
      EXPECT_EQ(requests_, 3);
      fetcher_ = nullptr;
      EXPECT_EQ(*lastBody_.lockExclusive(), body);
    }
  }
}

TEST_F(NetworkFetcherRefusedTest, ButNotTwiceMore) {
  for (Refusal refusal : {Refusal::kReset, Refusal::kGoAway}) {
    for (const char* method : {"GET", "POST"}) {
      requests_ = 0;
      Upstream upstream(refusing(refusal, [](int) { return false; }), server_.get());
      EXPECT_EQ(failure(secure(upstream.port(), method)).kind, Kind::PROTOCOL);
      EXPECT_EQ(requests_, 2) << method;
      fetcher_ = nullptr;
    }
  }
}

// Of its bytes those that were sent are gone.
TEST_F(NetworkFetcherRefusedTest, NotWithABodyThatIsPulled) {
  for (Refusal refusal : {Refusal::kReset, Refusal::kGoAway}) {
    requests_ = 0;
    Upstream upstream(refusing(refusal, [](int) { return false; }), server_.get());
    OutboundRequest asked = post(upstream.port());
    asked.body = streamOf({"some", "body"});
    EXPECT_EQ(failure(kj::mv(asked)).kind, Kind::PROTOCOL);
    EXPECT_EQ(requests_, 1);
    fetcher_ = nullptr;
  }
}

// What the server does with the second request of a connection, which it has looked at.
enum class End { kCancel, kGoAwayFromTheNext, kReset, kClose, kCloseTls, kGarbage };

void endWith(End end, Peer& peer, Http2Peer& http2, const Http2Peer::Request& request) {
  switch (end) {
    case End::kCancel:
      return http2.reset(request, NGHTTP2_CANCEL);
    case End::kGoAwayFromTheNext:
      return http2.goAway(request.stream);
    case End::kReset:
      return peer.reset();
    case End::kClose:
      shutdown(peer.fd(), SHUT_RDWR);
      return;
    case End::kCloseTls:
      return peer.endTls();
    case End::kGarbage:
      // A DATA frame for no stream.
      peer.write(std::string_view("\x00\x00\x04\x00\x00\x00\x00\x00\x00nano", 13));
      return http2.waitForEnd();
  }
}

TEST_F(NetworkFetcherRefusedTest, WhatEndsOtherwiseMayHaveBeenLookedAt) {
  for (End end : {End::kCancel, End::kGoAwayFromTheNext, End::kReset, End::kClose, End::kCloseTls,
                  End::kGarbage}) {
    requests_ = 0;
    Upstream upstream(
        [this, end](Peer& peer, int) {
          Http2Peer http2(peer);
          http2.respond(*http2.next(), "200", {}, 5);
          if (auto* request = http2.next()) {
            ++requests_;
            endWith(end, peer, http2, *request);
          }
        },
        server_.get());
    response(post(upstream.port()));
    EXPECT_EQ(failure(post(upstream.port(), "body")).kind, Kind::PROTOCOL);
    EXPECT_EQ(requests_, 1) << static_cast<int>(end);
    EXPECT_EQ(upstream.connections(), 1) << static_cast<int>(end);
    fetcher_ = nullptr;
  }
}

}  // namespace
}  // namespace nano
