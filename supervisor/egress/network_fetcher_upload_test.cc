// Bodies of requests.

#include "supervisor/egress/network_fetcher.h"
#include "supervisor/egress/upstream_fixture.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;
using NetworkFetcherUploadTest = FetcherFixture;

constexpr const char* kDone = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone";

std::string headerOf(const std::string& head, std::string_view name) {
  size_t at = head.find("\r\n" + std::string(name) + ": ");
  if (at == std::string::npos) return "none";
  at += name.size() + 4;
  return head.substr(at, head.find('\r', at) - at);
}

// Undoes the chunked coding up to its end.
std::string readChunks(Peer& peer) {
  std::string body;
  while (true) {
    std::string size = peer.readTo("\r\n");
    if (size.empty()) return body + "BROKEN";
    size_t bytes = std::stoul(size, nullptr, 16);
    body += peer.read(bytes);
    peer.readTo("\r\n");
    if (bytes == 0) return body;
  }
}

// Answers with what it was sent, by method, framing and body.
void echoBodies(Peer& peer, int) {
  while (true) {
    std::string head = peer.readHead();
    if (head.empty()) return;
    std::string length = headerOf(head, "Content-Length");
    bool chunked = headerOf(head, "Transfer-Encoding") == "chunked";
    std::string answer = head.substr(0, head.find(' ')) + (chunked ? " chunked " : " sized ");
    answer += headerOf(head, "content-type") + " " + headerOf(head, "Expect") + " ";
    answer += chunked ? readChunks(peer) : peer.read(length == "none" ? 0 : std::stoul(length));
    peer.write("HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(answer.size()) + "\r\n\r\n" +
               answer);
  }
}

TEST_F(NetworkFetcherUploadTest, SendsBytesWithEveryMethod) {
  Upstream upstream(echoBodies);
  for (const char* method : {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "GET", "QUERY"}) {
    OutboundRequest asked = request(upstream.port(), "/", method);
    asked.body = bytesOfText("some bytes");
    FetchedResponse got = response(kj::mv(asked));
    EXPECT_EQ(bodyOf(got), std::string(method) + " sized none none some bytes");
  }
  EXPECT_EQ(upstream.connections(), 1);
}

TEST_F(NetworkFetcherUploadTest, SendsTheAppsContentType) {
  Upstream upstream(echoBodies);
  OutboundRequest asked = request(upstream.port(), "/", "POST");
  asked.headers = {{"content-type", "text/plain"}};
  asked.body = bytesOfText("x");
  FetchedResponse got = response(kj::mv(asked));
  EXPECT_EQ(bodyOf(got), "POST sized text/plain none x");
}

TEST_F(NetworkFetcherUploadTest, PullsABodyOfKnownLength) {
  Upstream upstream(echoBodies);
  for (const char* method : {"POST", "PUT", "DELETE", "GET"}) {
    OutboundRequest asked = request(upstream.port(), "/", method);
    asked.body = streamOf({"one ", "two ", "three"}, 13);
    FetchedResponse got = response(kj::mv(asked));
    EXPECT_EQ(bodyOf(got), std::string(method) + " sized none none one two three");
  }
}

TEST_F(NetworkFetcherUploadTest, PullsABodyOfUnknownLengthInChunks) {
  Upstream upstream(echoBodies);
  for (int i = 0; i < 3; ++i) {
    OutboundRequest asked = request(upstream.port(), "/", "PUT");
    asked.body = streamOf({"one ", "two ", "three"});
    FetchedResponse got = response(kj::mv(asked));
    EXPECT_EQ(bodyOf(got), "PUT chunked none none one two three");
  }
  EXPECT_EQ(upstream.connections(), 1);
}

TEST_F(NetworkFetcherUploadTest, SendsABodyThatTurnsOutEmpty) {
  Upstream upstream(echoBodies);
  OutboundRequest open = request(upstream.port(), "/", "POST");
  open.body = streamOf({});
  FetchedResponse chunked = response(kj::mv(open));
  EXPECT_EQ(bodyOf(chunked), "POST chunked none none ");
  OutboundRequest known = request(upstream.port(), "/", "POST");
  known.body = streamOf({}, 0);
  FetchedResponse sized = response(kj::mv(known));
  EXPECT_EQ(bodyOf(sized), "POST sized none none ");
  OutboundRequest whole = request(upstream.port(), "/", "POST");
  whole.body = bytesOfText("");
  FetchedResponse none = response(kj::mv(whole));
  EXPECT_EQ(bodyOf(none), "POST sized none none ");
}

TEST_F(NetworkFetcherUploadTest, CarriesALargeBodyInBoundedPieces) {
  constexpr size_t kTotal = 20 << 20;
  size_t left = kTotal;
  size_t mostAsked = 0;
  auto source = makeByteSource([&](size_t maxBytes) -> kj::Promise<ByteChunk> {
    mostAsked = std::max(mostAsked, maxBytes);
    size_t size = std::min(maxBytes, left);
    left -= size;
    auto bytes = kj::heapArray<kj::byte>(size);
    memset(bytes.begin(), 'x', size);
    return ByteChunk{kj::mv(bytes), left == 0};
  });
  std::atomic<size_t> received{0};
  Upstream upstream([&received](Peer& peer, int) {
    peer.readHead();
    received = peer.read(kTotal).size();
    peer.write(kDone);
    peer.waitForEnd();
  });
  OutboundRequest asked = request(upstream.port(), "/", "POST");
  asked.body = OutboundRequest::Stream{kj::mv(source), kTotal};
  FetchedResponse got = response(kj::mv(asked));
  EXPECT_EQ(bodyOf(got), "done");
  EXPECT_EQ(received.load(), kTotal);
  EXPECT_LE(mostAsked, 32u * 1024u);
}

// A body whose end its test decides on.
class OpenBody {
 public:
  rpc::ByteSource::Client source() {
    auto guard = kj::defer([this]() { dropped = true; });
    return makeByteSource([this, guard = kj::mv(guard)](size_t) -> kj::Promise<ByteChunk> {
      ++asked;
      auto pair = kj::newPromiseAndFulfiller<ByteChunk>();
      next = kj::mv(pair.fulfiller);
      return kj::mv(pair.promise);
    });
  }
  void give(std::string_view text, bool end = false) {
    next->fulfill(ByteChunk{bytesOfText(text), end});
  }

  kj::Own<kj::PromiseFulfiller<ByteChunk>> next;
  int asked = 0;
  bool dropped = false;
};

TEST_F(NetworkFetcherUploadTest, SendsEachPieceWhenItComesAndReadsTheAnswerMeanwhile) {
  // Answers each line as it comes.
  Upstream upstream([](Peer& peer, int) {
    peer.readHead();
    peer.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    for (int i = 0; i < 3; ++i) {
      peer.readTo("\n\r\n");
      peer.write("4\r\necho\r\n");
    }
    peer.readTo("0\r\n\r\n");
    peer.write("0\r\n\r\n");
    peer.waitForEnd();
  });
  OpenBody body;
  OutboundRequest asked = request(upstream.port(), "/", "POST");
  asked.body = OutboundRequest::Stream{body.source(), std::nullopt};
  FetchedResponse got = response(kj::mv(asked));
  ByteReader reader(kj::mv(std::get<OutboundRequest::Stream>(got.body).source));
  for (int i = 0; i < 3; ++i) {
    runUntil([&]() { return body.asked == i + 1; });
    body.give("line\n");
    EXPECT_EQ(loop_.run(reader.read(100)).bytes.size(), 4u);
  }
  runUntil([&]() { return body.asked == 4; });
  body.give("", true);
  EXPECT_TRUE(loop_.run(reader.read(100)).end);
}

TEST_F(NetworkFetcherUploadTest, GivesTheFetchUpWhenTheBodyBreaksOff) {
  std::atomic<bool> ended{false};
  Upstream upstream([&ended](Peer& peer, int) {
    peer.readHead();
    peer.waitForEnd();
    ended = true;
  });
  OpenBody body;
  OutboundRequest asked = request(upstream.port(), "/", "POST");
  asked.body = OutboundRequest::Stream{body.source(), std::nullopt};
  auto fetching = fetcher().fetch(kj::mv(asked));
  runUntil([&]() { return body.asked == 1 && upstream.connections() == 1; });
  body.next->reject(KJ_EXCEPTION(DISCONNECTED, "the client is gone"));
  auto outcome = loop_.run(kj::mv(fetching));
  EXPECT_EQ(std::get<EgressError>(outcome).kind, Kind::CANCELED);
  EXPECT_EQ(std::get<EgressError>(outcome).message, "the request's body broke off");
  runUntil([&]() { return ended.load(); });
}

TEST_F(NetworkFetcherUploadTest, GivesTheFetchUpWhenTheBodyIsNotAsLongAsItSaid) {
  Upstream upstream(echoBodies);
  for (uint64_t length : {2, 100}) {
    OutboundRequest asked = request(upstream.port(), "/", "POST");
    asked.body = streamOf({"four"}, length);
    EgressError error = failure(kj::mv(asked));
    EXPECT_EQ(error.kind, Kind::CANCELED);
    EXPECT_NE(error.message.find("than it said"), std::string::npos) << error.message;
  }
}

TEST_F(NetworkFetcherUploadTest, GivesTheRestOfABodyUpOnceTheAnswerIsComplete) {
  struct Row {
    const char* answer;
    const char* body;
  };
  for (Row row :
       {Row{"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndone", "done"},
        Row{"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\ndone\r\n0\r\n\r\n", "done"},
        Row{"HTTP/1.1 204 No Content\r\n\r\n", ""},
        Row{"HTTP/1.1 413 Too Large\r\nContent-Length: 4\r\n\r\ndone", "done"}}) {
    Upstream upstream([row](Peer& peer, int) {
      peer.readHead();
      peer.write(row.answer);
      // Reads no more of the body, and waits for the client to close.
      peer.waitForEnd();
    });
    OpenBody body;
    OutboundRequest asked = request(upstream.port(), "/", "POST");
    asked.body = OutboundRequest::Stream{body.source(), std::nullopt};
    FetchedResponse got = response(kj::mv(asked));
    EXPECT_EQ(bodyOf(got), row.body) << row.answer;
    runUntil([&]() { return body.dropped; });
    // Half a request was sent on it.
    response(request(upstream.port()));
    EXPECT_EQ(upstream.connections(), 2) << row.answer;
  }
}

TEST_F(NetworkFetcherUploadTest, AnswerThatComesWhileTheServerReadsNothingIsNotLost) {
  // The client fills the socket, and then the server answers and closes.
  std::atomic<bool> full{false};
  Upstream upstream([&full](Peer& peer, int) {
    peer.readHead();
    while (!full)
      std::this_thread::yield();
    peer.write(kDone);
    peer.waitForEnd();
  });
  size_t given = 0;
  auto source = makeByteSource([&](size_t maxBytes) -> kj::Promise<ByteChunk> {
    given += maxBytes;
    auto bytes = kj::heapArray<kj::byte>(maxBytes);
    memset(bytes.begin(), 'x', maxBytes);
    return ByteChunk{kj::mv(bytes), false};
  });
  OutboundRequest asked = request(upstream.port(), "/", "POST");
  asked.body = OutboundRequest::Stream{kj::mv(source), std::nullopt};
  auto fetching = fetcher().fetch(kj::mv(asked));
  size_t before = 0;
  int still = 0;
  // Until nothing more has gone out for many turns.
  runUntil([&]() {
    still = given == before ? still + 1 : 0;
    before = given;
    return given > 0 && still > 1000;
  });
  full = true;
  auto outcome = loop_.run(kj::mv(fetching));
  EXPECT_EQ(bodyOf(std::get<FetchedResponse>(outcome)), "done");
}

TEST_F(NetworkFetcherUploadTest, TimesOutWhenTheServerDoesNotTakeTheBody) {
  settings_.idleTimeout = 50 * kj::MILLISECONDS;
  std::atomic<bool> over{false};
  Upstream upstream([&over](Peer& peer, int) {
    peer.readHead();
    while (!over)
      std::this_thread::yield();
  });
  auto source = makeByteSource([](size_t maxBytes) -> kj::Promise<ByteChunk> {
    return ByteChunk{kj::heapArray<kj::byte>(maxBytes), false};
  });
  OutboundRequest asked = request(upstream.port(), "/", "POST");
  asked.body = OutboundRequest::Stream{kj::mv(source), std::nullopt};
  EgressError error = failure(kj::mv(asked));
  over = true;
  EXPECT_EQ(error.kind, Kind::TIMED_OUT);
  EXPECT_NE(error.message.find("did not take the request's body"), std::string::npos);
}

TEST_F(NetworkFetcherUploadTest, DoesNotTimeTheApp) {
  settings_.idleTimeout = 5 * kj::MILLISECONDS;
  settings_.headTimeout = 5 * kj::MILLISECONDS;
  Upstream upstream(echoBodies);
  OpenBody body;
  OutboundRequest asked = request(upstream.port(), "/", "POST");
  asked.body = OutboundRequest::Stream{body.source(), std::nullopt};
  auto fetching = fetcher().fetch(kj::mv(asked));
  runUntil([&]() { return body.asked == 1; });
  loop_.run(loop_.timer().afterDelay(50 * kj::MILLISECONDS));
  settings_.idleTimeout = 60 * kj::SECONDS;
  settings_.headTimeout = 60 * kj::SECONDS;
  body.give("late", true);
  auto outcome = loop_.run(kj::mv(fetching));
  EXPECT_EQ(bodyOf(std::get<FetchedResponse>(outcome)), "POST chunked none none late");
}

}  // namespace
}  // namespace nano
