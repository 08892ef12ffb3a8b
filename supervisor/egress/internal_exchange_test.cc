#include "supervisor/egress/internal_exchange.h"

#include <gtest/gtest.h>

#include "protocol/limits.h"
#include "supervisor/egress/internal_exchange_fixture.h"
#include "supervisor/outcome_reply.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;

TEST_F(InternalExchangeTest, HasTheHeadThatAClientWouldHaveSent) {
  auto request = requestTo("/path?a=b", "PUT");
  request.headers = {{"x-one", "1"}};
  request.body = bytesOf("body");
  InternalExchange& exchange = ask(std::move(request));
  const RequestHead& head = exchange.head();
  EXPECT_EQ(head.method, "PUT");
  EXPECT_EQ(head.scheme, "https");
  EXPECT_EQ(head.authority, "shop.test:8443");
  EXPECT_EQ(head.target, "/path?a=b");
  EXPECT_EQ(head.hops, 3);
  EXPECT_EQ(head.clientAddress, "");
  ASSERT_EQ(head.fields.size(), 3U);
  EXPECT_EQ(head.fields[0].value, "shop.test:8443");
  EXPECT_EQ(head.fields[1].name, "x-one");
  EXPECT_EQ(head.fields[2].name, "content-length");
  EXPECT_EQ(head.fields[2].value, "4");
  EXPECT_EQ(exchange.wholeBody().size(), 4U);
}

TEST_F(InternalExchangeTest, LeavesThePortOutThatItsSchemeHasAnyway) {
  auto request = requestTo("/");
  request.destination = {Destination::Scheme::kHttp, "2001:db8::1", 80, "/"};
  EXPECT_EQ(ask(std::move(request)).head().authority, "[2001:db8::1]");
}

TEST_F(InternalExchangeTest, TheAppGetsTheRequestAndItsAnswerIsTheOutcome) {
  seen_.answer = [](auto calls, auto results) {
    EXPECT_EQ(calls[0].getHops(), 3);
    EXPECT_STREQ(calls[0].getRequest().getUrl().cStr(), "https://shop.test:8443/x");
    answerOk(results.initAnswers(1)[0], calls[0].getId(), "hello");
  };
  start();
  app_->fetch(ask(requestTo("/x")), Admission());
  turn();
  auto answer = response();
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.statusText, "OK");
  EXPECT_EQ(wholeBody(answer), "hello");
  EXPECT_EQ(app_->inFlight(), 0U);
}

TEST_F(InternalExchangeTest, HeadersOfAnAnswerAreThoseAClientWouldGet) {
  respond(ask(requestTo("/")), 302, "moved",
          {{"location", "/elsewhere"},
           {"set-cookie", "a"},
           {"set-cookie", "b"},
           {"connection", "close"},
           {"content-length", "77"},
           {"transfer-encoding", "chunked"}});
  auto answer = response();
  EXPECT_EQ(answer.status, 302) << "redirects are the caller's to follow";
  using Headers = std::vector<std::pair<std::string, std::string>>;
  EXPECT_EQ(answer.headers, (Headers{{"location", "/elsewhere"},
                                     {"set-cookie", "a"},
                                     {"set-cookie", "b"},
                                     {"content-length", "5"}}));
}

TEST_F(InternalExchangeTest, AnAnswerThatHasNoBodyHasNone) {
  for (uint16_t status : {204, 205, 304}) {
    respond(ask(requestTo("/")), status, "x");
    EXPECT_TRUE(std::holds_alternative<std::monostate>(response().body)) << status;
  }
  respond(ask(requestTo("/", "HEAD")), 200, "four");
  auto answer = response();
  EXPECT_TRUE(std::holds_alternative<std::monostate>(answer.body));
  EXPECT_EQ(answer.headers.back().second, "4");
}

TEST_F(InternalExchangeTest, AWholeAnswerThatIsLargeIsPulled) {
  std::string large(kMaxInlineBodyBytes + 1, 'x');
  respond(ask(requestTo("/")), 200, large);
  auto answer = response();
  EXPECT_EQ(std::get<OutboundRequest::Stream>(answer.body).length, large.size());
  EXPECT_EQ(read(), large + "|");
}

TEST_F(InternalExchangeTest, AnAnswerInPiecesIsPulledOneByOne) {
  InternalExchange& exchange = ask(requestTo("/"));
  exchange.start({}, std::nullopt);
  auto answer = response();
  EXPECT_EQ(std::get<OutboundRequest::Stream>(answer.body).length, std::nullopt);
  EXPECT_TRUE(answer.headers.empty());
  auto written = write(exchange, "one ");
  EXPECT_FALSE(written.poll(loop_.waitScope())) << "nobody has read it";
  EXPECT_EQ(read(), "one ");
  loop_.run(kj::mv(written));
  write(exchange, "two").detach([](kj::Exception&&) {});
  exchange.end();
  EXPECT_EQ(read(), "two|");
}

TEST_F(InternalExchangeTest, AnAnswerThatBreaksOffFailsWhereItIsRead) {
  InternalExchange& exchange = ask(requestTo("/"));
  exchange.start({}, std::nullopt);
  auto answer = response();
  exchange.abort();
  auto error = kj::runCatchingExceptions([this] { read(); });
  EXPECT_NE(std::string(KJ_ASSERT_NONNULL(error).getDescription().cStr())
                .find("the app 'shop' failed: it broke its response off"),
            std::string::npos);
}

TEST_F(InternalExchangeTest, AnAnswerKeepsToItsLength) {
  {
    InternalExchange& exchange = ask(requestTo("/"));
    exchange.start({}, 3);
    auto answer = response();
    write(exchange, "four").detach([](kj::Exception&&) {});
    EXPECT_ANY_THROW(read());
  }
  InternalExchange& exchange = ask(requestTo("/"));
  exchange.start({}, 3);
  auto answer = response();
  auto written = write(exchange, "no");
  EXPECT_EQ(read(), "no");
  exchange.end();
  EXPECT_ANY_THROW(read());
}

TEST_F(InternalExchangeTest, AnAnswerThatCouldSplitAHeadIsNotPassedOn) {
  respond(ask(requestTo("/")), 200, "x", {{"x-a", "b\r\nx-c: d"}});
  EXPECT_EQ(error().kind, Kind::PROTOCOL);
  respond(ask(requestTo("/"), RefusalsAre::kResponses), 200, "x", {{"x-a", "b\r\nx-c: d"}});
  auto answer = response();
  EXPECT_EQ(answer.status, 502);
  EXPECT_EQ(wholeBody(answer), "502 Bad Gateway\n");
}

TEST_F(InternalExchangeTest, WhatNanodAnswersInTheAppsPlaceIsAnErrorOrTheClientsPage) {
  Refusal refusal{rpc::Outcome::LOAD_SHED, {rpc::Limit::QUEUE, 100, 101}};
  respondWithOutcome(ask(requestTo("/")), refusal, "id");
  EgressError shed = error();
  EXPECT_EQ(shed.kind, Kind::OVER_LIMIT);
  EXPECT_NE(shed.message.find("'shop'"), std::string::npos) << shed.message;
  EXPECT_NE(shed.message.find("limits.requests_queued"), std::string::npos) << shed.message;
  respondWithOutcome(ask(requestTo("/")), {rpc::Outcome::EXCEEDED_WALL_TIME}, "id");
  EXPECT_EQ(error().kind, Kind::TIMED_OUT);
  respondWithOutcome(ask(requestTo("/")), {rpc::Outcome::WORKER_DIED}, "id");
  EXPECT_EQ(error().kind, Kind::PROTOCOL);
  respondWithOutcome(ask(requestTo("/")), {rpc::Outcome::SCRIPT_NOT_FOUND}, "id");
  EgressError missing = error();
  EXPECT_EQ(missing.kind, Kind::NAME_NOT_FOUND);
  EXPECT_NE(missing.message.find("not deployed"), std::string::npos) << missing.message;
  respondWithOutcome(ask(requestTo("/"), RefusalsAre::kResponses), refusal, "id");
  auto page = response();
  EXPECT_EQ(page.status, 503);
  EXPECT_NE(wholeBody(page).find("outcome: loadShed"), std::string::npos);
}

TEST_F(InternalExchangeTest, AnAppsOwn503IsAnAnswer) {
  respond(ask(requestTo("/")), 503, "busy");
  EXPECT_EQ(response().status, 503);
}

TEST_F(InternalExchangeTest, AStreamedRequestIsReadPieceByPiece) {
  auto request = requestTo("/", "POST");
  request.body = OutboundRequest::Stream{sourceOf({"one", "two"}), 6};
  InternalExchange& exchange = ask(std::move(request));
  EXPECT_EQ(exchange.bodyKind(), HttpExchange::BodyKind::kStream);
  EXPECT_EQ(exchange.bodyLength(), 6U);
  EXPECT_EQ(loop_.run(exchange.readBody(100)).size(), 3U);
  EXPECT_EQ(loop_.run(exchange.readBody(100)).size(), 3U);
  EXPECT_EQ(loop_.run(exchange.readBody(100)).size(), 0U);
  EXPECT_EQ(loop_.run(exchange.readBody(100)).size(), 0U) << "the end stays";
}

TEST_F(InternalExchangeTest, AStreamedRequestKeepsToItsLength) {
  for (uint64_t length : {2, 4}) {
    auto request = requestTo("/", "POST");
    request.body = OutboundRequest::Stream{sourceOf({"one"}), length};
    InternalExchange& exchange = ask(std::move(request));
    EXPECT_ANY_THROW({
      loop_.run(exchange.readBody(100));
      loop_.run(exchange.readBody(100));
    }) << length;
  }
}

TEST_F(InternalExchangeTest, WhatTheCallersWorkerSaysOfAFailureStaysWithIt) {
  auto request = requestTo("/", "POST");
  auto fail = [](size_t) -> kj::Promise<ByteChunk> { return KJ_EXCEPTION(FAILED, "a secret"); };
  request.body = OutboundRequest::Stream{makeByteSource(fail), std::nullopt};
  InternalExchange& exchange = ask(std::move(request));
  auto error = kj::runCatchingExceptions([this, &exchange] { loop_.run(exchange.readBody(1)); });
  EXPECT_EQ(std::string(KJ_ASSERT_NONNULL(error).getDescription().cStr()).find("secret"),
            std::string::npos);
}

TEST_F(InternalExchangeTest, ReadingTheRequestFailsOnceNobodyWaitsForItsAnswer) {
  auto request = requestTo("/", "POST");
  auto never = [](size_t) -> kj::Promise<ByteChunk> { return kj::NEVER_DONE; };
  request.body = OutboundRequest::Stream{makeByteSource(never), std::nullopt};
  auto reading = ask(std::move(request)).readBody(1);
  EXPECT_FALSE(reading.poll(loop_.waitScope()));
  drop();
  EXPECT_ANY_THROW(loop_.run(kj::mv(reading)));
}

TEST_F(InternalExchangeTest, DroppingTheFetchCancelsTheRequest) {
  start();
  app_->fetch(ask(requestTo("/")), Admission());
  turn();
  drop();
  turn();
  EXPECT_EQ(seen_.cancelled, seen_.batches[0]);
}

TEST_F(InternalExchangeTest, DroppingTheBodyCancelsTheRequest) {
  seen_.answer = [](auto calls, auto results) {
    auto answer = results.initAnswers(1)[0];
    answerOk(answer, calls[0].getId(), "");
    answer.getResponse().initBody().setStream(sourceOf({"one", "two"}));
  };
  start();
  app_->fetch(ask(requestTo("/")), Admission());
  turn();
  auto answer = response();
  EXPECT_EQ(read(), "one");
  EXPECT_EQ(app_->inFlight(), 1U);
  body_ = nullptr;
  turn();
  EXPECT_EQ(app_->inFlight(), 0U);
  EXPECT_EQ(budget_->taken(), 0U);
}

// The end of an app's worker that gets what its caller goes on to say.
class AppsUpstream final : public rpc::Upstream::Server {
 public:
  explicit AppsUpstream(kj::Maybe<rpc::ByteSource::Client>& attached) : attached_(attached) {}

  kj::Promise<void> attach(AttachContext context) override {
    attached_ = context.getParams().getSource();
    return kj::READY_NOW;
  }

 private:
  kj::Maybe<rpc::ByteSource::Client>& attached_;
};

TEST_F(InternalExchangeTest, ACallThatIsAnsweredInTwoWaysGoesOnOnce) {
  kj::Maybe<rpc::ByteSource::Client> attached;
  seen_.answer = [&attached](auto calls, auto results) {
    auto answer = results.initAnswers(1)[0];
    answerOk(answer, calls[0].getId(), "");
    auto body = answer.getResponse().initBody();
    body.setStream(sourceOf({"result"}));
    body.setUpstream(kj::heap<AppsUpstream>(attached));
  };
  start();
  for (bool isCall : {false, true}) {
    auto request = requestTo("/", "POST");
    if (isCall) request.rpcMethod = "method";
    app_->fetch(ask(std::move(request)), Admission());
    turn();
    auto answer = response();
    auto& upstream = std::get<OutboundRequest::Stream>(answer.body).upstream;
    EXPECT_EQ(upstream != nullptr, isCall) << "a response of fetch() has none";
    KJ_IF_MAYBE(way, upstream) {
      auto attach = way->attachRequest();
      attach.setSource(sourceOf({"more"}));
      loop_.run(attach.send().ignoreResult());
      ByteReader heard(KJ_ASSERT_NONNULL(attached));
      EXPECT_EQ(loop_.run(heard.read(100)).bytes.size(), 4U);
      EXPECT_TRUE(loop_.run(heard.read(100)).end);
      auto again = way->attachRequest();
      again.setSource(sourceOf({"more"}));
      EXPECT_ANY_THROW(loop_.run(again.send().ignoreResult()));
    }
  }
}

// One whose worker takes what its caller says, and never returns.
class SilentUpstream final : public rpc::Upstream::Server {
 public:
  kj::Promise<void> attach(AttachContext) override { return kj::NEVER_DONE; }
};

TEST_F(InternalExchangeTest, ACallerDoesNotWaitForAnAnswererThatNeverReturns) {
  seen_.answer = [](auto calls, auto results) {
    auto answer = results.initAnswers(1)[0];
    answerOk(answer, calls[0].getId(), "");
    auto body = answer.getResponse().initBody();
    body.setStream(sourceOf({"result"}));
    body.setUpstream(kj::heap<SilentUpstream>());
  };
  start();
  auto request = requestTo("/", "POST");
  request.rpcMethod = "method";
  app_->fetch(ask(std::move(request)), Admission());
  turn();
  auto answer = response();
  auto& upstream = std::get<OutboundRequest::Stream>(answer.body).upstream;
  auto attach = KJ_ASSERT_NONNULL(upstream).attachRequest();
  attach.setSource(sourceOf({"more"}));
  loop_.run(attach.send().ignoreResult());
}

TEST_F(InternalExchangeTest, AWorkerThatDiesBreaksOffTheBodyThatIsRead) {
  seen_.answer = [](auto calls, auto results) {
    auto answer = results.initAnswers(1)[0];
    answerOk(answer, calls[0].getId(), "");
    answer.getResponse().initBody().setStream(sourceOf({"one", "two"}));
  };
  start();
  app_->fetch(ask(requestTo("/")), Admission());
  turn();
  auto answer = response();
  EXPECT_EQ(read(), "one");
  app_ = nullptr;
  EXPECT_ANY_THROW(read());
}

TEST_F(InternalExchangeTest, RefusesWhatAClientWouldBeRefusedAndWhatThereIsNoRoomFor) {
  auto problem = [this](auto change) {
    auto request = requestTo("/");
    change(request);
    return InternalExchange::problem(request, *budget_).has_value();
  };
  EXPECT_FALSE(problem([](auto&) {}));
  EXPECT_TRUE(
      problem([](auto& request) { request.destination.target = std::string(kMaxUrlBytes, 'x'); }));
  EXPECT_TRUE(problem([](auto& request) { request.headers.resize(kMaxRequestHeaders - 1); }));
  EXPECT_FALSE(problem([](auto& request) { request.headers.resize(kMaxRequestHeaders - 2); }));
  EXPECT_TRUE(problem([](auto& request) {
    request.headers.emplace_back("x", std::string(kMaxRequestHeaderBytes, 'x'));
  }));
  EXPECT_TRUE(problem([](auto& request) {
    request.body = OutboundRequest::Stream{sourceOf({}), kMaxRequestBodyBytes + 1};
  }));
  budget_->take(1 << 20);
  EXPECT_TRUE(problem([](auto&) {}));
  budget_->give(1 << 20);
}

}  // namespace
}  // namespace nano
