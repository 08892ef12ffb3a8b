// What an upstream may do to a fetch, and to the next one.

#include "protocol/limits.h"
#include "supervisor/egress/network_fetcher.h"
#include "supervisor/egress/upstream_fixture.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;

class NetworkFetcherHostileTest : public FetcherFixture {
 protected:
  // What becomes of a fetch of this answer, after which the server closes.
  EgressError failureAfter(const std::string& answer) {
    Upstream upstream([&answer](Peer& peer, int) {
      peer.readHead();
      peer.write(answer);
    });
    return failure(request(upstream.port()));
  }

  enum class When { kWithTheAnswer, kLater };
  // Fetches after an answer that was followed by more.
  void expectNoPoison(const std::string& answer, const std::string& after, When when) {
    std::atomic<bool> goOn{false};
    std::atomic<bool> sent{false};
    Upstream upstream([&](Peer& peer, int number) {
      if (number > 1) {
        return answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nmine")(peer, number);
      }
      while (!peer.readHead().empty()) {
        peer.write(when == When::kLater ? answer : answer + after);
        while (when == When::kLater && !goOn)
          std::this_thread::yield();
        if (when == When::kLater) peer.write(after);
        sent = true;
      }
    });
    FetchedResponse first = response(request(upstream.port()));
    bodyOf(first);
    goOn = true;
    runUntil([&]() { return sent.load(); });
    for (int i = 0; i < 2; ++i) {
      FetchedResponse next = response(request(upstream.port()));
      std::string body = bodyOf(next);
      EXPECT_TRUE(body == "mine" || body == "hello" || body.empty()) << body.substr(0, 20);
    }
    fetcher_ = nullptr;
  }
};

constexpr const char* kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

TEST_F(NetworkFetcherHostileTest, RefusesWhatIsNoHttp) {
  for (const char* answer :
       {"hello", "hello\r\n\r\n", "SSH-2.0-OpenSSH_9.2\r\n", "<html></html>",
        "HTTP/1.1 2000 X\r\n\r\n", "HTTP/1.1 200OK\r\n\r\n", "HTTP/9.9 200 OK\r\n\r\n",
        "HTTP/2 200 OK\r\n\r\n", "\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA: b\x01\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nx"}) {
    EgressError error = failureAfter(answer);
    EXPECT_EQ(error.kind, Kind::PROTOCOL) << answer << ": " << error.message;
  }
}

TEST_F(NetworkFetcherHostileTest, SaysThatAConnectionEndedWithoutAnAnswer) {
  for (const char* answer :
       {"", "HTTP/1.1 200 OK\r\nA: b\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HT"}) {
    EgressError error = failureAfter(answer);
    EXPECT_EQ(error.kind, Kind::PROTOCOL) << answer << ": " << error.message;
  }
}

TEST_F(NetworkFetcherHostileTest, BoundsHeads) {
  // Endless, in whatever the server likes: fields, one field, interim responses.
  for (const char* piece :
       {"Set-Cookie: a=b\r\n", "xxxxxxxxxxxxxxxx", "\r\nHTTP/1.1 103 Early Hints\r\nA: b\r\n"}) {
    Upstream upstream([piece](Peer& peer, int) {
      peer.readHead();
      peer.write("HTTP/1.1 103 Early Hints\r\nX: ");
      while (peer.write(piece)) {
      }
    });
    EgressError error = failure(request(upstream.port()));
    EXPECT_EQ(error.kind, Kind::PROTOCOL) << piece << ": " << error.message;
  }
}

TEST_F(NetworkFetcherHostileTest, TakesAHeadThatIsJustSmallEnough) {
  std::string fields;
  for (int i = 0; i < 200; ++i)
    fields += "Set-Cookie: " + std::string(600, 'x') + "\r\n";
  Upstream upstream(answering("HTTP/1.1 200 OK\r\n" + fields + "Content-Length: 0\r\n\r\n"));
  EXPECT_EQ(response(request(upstream.port())).headers.size(), 201u);
}

TEST_F(NetworkFetcherHostileTest, NeverEndsABodyThatBrokeOff) {
  struct Row {
    const char* head;
    const char* part;
    const char* got;
    bool resets;
  };
  for (Row row : {Row{"Content-Length: 10\r\n", "hello", "hello", false},
                  Row{"Content-Length: 10\r\n", "hello", "hello", true},
                  Row{"Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n", "hello", false},
                  Row{"Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n0\r\n", "hello", false},
                  Row{"Transfer-Encoding: chunked\r\n", "9\r\nhello", "hello", false},
                  Row{"Transfer-Encoding: chunked\r\n", "5\r\nhelloX\r\n0\r\n\r\n", "hello", false},
                  Row{"Transfer-Encoding: chunked\r\n", "5\r\nhello\r\nzz\r\n", "hello", false},
                  Row{"Transfer-Encoding: chunked\r\n", "5\r\nhello\r\n-1\r\n", "hello", false},
                  Row{"Transfer-Encoding: chunked\r\n", "5\r\nhello\r\nfffffffffffffffff\r\n",
                      "hello", false},
                  Row{"", "hello", "hello", true}}) {
    std::atomic<bool> goOn{false};
    Upstream upstream([&row, &goOn](Peer& peer, int) {
      peer.readHead();
      peer.write(std::string("HTTP/1.1 200 OK\r\n") + row.head + "\r\n");
      while (!goOn)
        std::this_thread::yield();
      peer.write(row.part);
      if (row.resets) peer.reset();
    });
    FetchedResponse got = response(request(upstream.port()));
    goOn = true;
    std::string body = bodyOf(got);
    EXPECT_NE(body.find("BROKEN: "), std::string::npos) << row.part << " " << body;
    if (!row.resets) {
      EXPECT_EQ(body.substr(0, body.find("BROKEN")), row.got) << row.part;
    }
    // Nothing of that connection is used again.
    auto again = outcome(request(upstream.port()));
    EXPECT_EQ(upstream.connections(), 2) << row.part;
  }
}

TEST_F(NetworkFetcherHostileTest, FailsAFetchWhoseWholeAnswerIsHereAndWrong) {
  // Head and broken body at once: no response that then breaks, and no body that is too short.
  Upstream upstream([](Peer& peer, int) {
    peer.readHead();
    peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n");
    peer.waitForEnd();
  });
  EXPECT_EQ(failure(request(upstream.port())).kind, Kind::PROTOCOL);
}

// Bytes after an answer, with it or later, are never the answer to the next request (U21).
TEST_F(NetworkFetcherHostileTest, NeverTakesBytesThatCameUnaskedForAnAnswer) {
  const std::string poison = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison";
  const std::string large(200 * kKiB, 'x');
  for (const std::string& answer :
       {std::string(kHello), std::string("HTTP/1.1 204 No Content\r\n\r\n"),
        std::string("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
        std::string(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n")}) {
    for (const std::string& after : {poison, poison + large, large + poison}) {
      expectNoPoison(answer, after, When::kWithTheAnswer);
      expectNoPoison(answer, after, When::kLater);
    }
  }
}

TEST_F(NetworkFetcherHostileTest, ClosesAConnectionWithBytesThatCameWhileItWasIdle) {
  std::atomic<bool> poison{false};
  std::atomic<bool> sent{false};
  Upstream upstream([&](Peer& peer, int number) {
    peer.readHead();
    peer.write(kHello);
    if (number > 1) return peer.waitForEnd();
    while (!poison)
      std::this_thread::yield();
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\npoison");
    sent = true;
    peer.waitForEnd();
  });
  FetchedResponse first = response(request(upstream.port()));
  poison = true;
  runUntil([&]() { return sent.load(); });
  // Also one that may not be sent twice: nothing was sent on the spoiled connection.
  OutboundRequest asked = request(upstream.port(), "/", "POST");
  asked.body = bytesOfText("body");
  FetchedResponse second = response(kj::mv(asked));
  EXPECT_EQ(bodyOf(second), "hello");
  EXPECT_EQ(upstream.connections(), 2);
}

// The first request on a connection is answered; then it is reset with each further one (U22).
Upstream::Script resetting(std::atomic<int>& requests, std::string_view afterBody = "") {
  return [&requests, afterBody](Peer& peer, int number) {
    peer.readHead();
    ++requests;
    if (number == 1) {
      peer.write(kHello);
      peer.readHead();
      peer.readTo(afterBody);
      ++requests;
    }
    peer.reset();
  };
}

TEST_F(NetworkFetcherHostileTest, RetriesOnceWhatMayBeSentTwice) {
  std::atomic<int> requests{0};
  Upstream upstream(resetting(requests));
  response(request(upstream.port()));
  EXPECT_EQ(failure(request(upstream.port())).kind, Kind::PROTOCOL);
  EXPECT_EQ(upstream.connections(), 2);
  EXPECT_EQ(requests, 3);
  // On a fresh connection not even once.
  EXPECT_EQ(failure(request(upstream.port())).kind, Kind::PROTOCOL);
  EXPECT_EQ(upstream.connections(), 3);
}

TEST_F(NetworkFetcherHostileTest, NeverRetriesWhatMayNotBeSentTwice) {
  for (bool streams : {false, true}) {
    std::atomic<int> requests{0};
    Upstream upstream(resetting(requests, "body"));
    response(request(upstream.port()));
    OutboundRequest asked = request(upstream.port(), "/", streams ? "PUT" : "POST");
    if (streams) {
      asked.body = streamOf({"body"});
    } else {
      asked.body = bytesOfText("body");
    }
    EgressError error = failure(kj::mv(asked));
    EXPECT_EQ(error.kind, Kind::PROTOCOL);
    EXPECT_NE(error.message.find("closed the connection before it answered"), std::string::npos)
        << error.message;
    EXPECT_EQ(upstream.connections(), 1) << streams;
    EXPECT_EQ(requests, 2);
  }
}

TEST_F(NetworkFetcherHostileTest, TakesANewConnectionWhereTheOldOneWasClosed) {
  std::atomic<int> closed{0};
  Upstream upstream([&closed](Peer& peer, int) {
    peer.readHead();
    peer.write(kHello);
    shutdown(peer.fd(), SHUT_RDWR);
    ++closed;
  });
  for (int i = 1; i <= 10; ++i) {
    OutboundRequest asked = request(upstream.port(), "/", "POST");
    asked.body = bytesOfText("body");
    FetchedResponse got = response(kj::mv(asked));
    EXPECT_EQ(bodyOf(got), "hello");
    runUntil([&]() { return closed == i; });
  }
  EXPECT_EQ(upstream.connections(), 10);
}

}  // namespace
}  // namespace nano
