// The resolver against a name server that says what a test wants.

#include "supervisor/egress/dns_resolver.h"

#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "protocol/event_loop.h"
#include "supervisor/temporary_directory.h"
#include "tests/harness/dns_server.h"

namespace nano::test {
namespace {

// "192.0.2.1 2001:db8::1", or why there is none.
std::string textOf(const Resolution& resolution) {
  if (auto* missing = std::get_if<NameNotFound>(&resolution)) return missing->reason;
  std::string text;
  for (auto& address : std::get<std::vector<IpAddress>>(resolution))
    text += (text.empty() ? "" : " ") + toString(address);
  return text;
}

class DnsResolverTest : public testing::Test {
 protected:
  DnsResolverTest() {
    settings_.servers = {{*parseIpAddress("127.0.0.1"), server_.port()}};
    settings_.hosts = "";
    // c-ares's own; a test that waits for one says so.
    settings_.attemptTimeout = 1 * kj::HOURS;
  }
  ~DnsResolverTest() noexcept override {}

  DnsResolver& resolver() {
    if (!resolver_) resolver_ = kj::heap<DnsResolver>(loop_, settings_, timer_);
    return *resolver_;
  }
  std::string lookUp(const std::string& name) {
    return textOf(loop_.run(resolver().resolve(name)));
  }
  void advance(kj::Duration by) { timer_.advanceTo(timer_.now() + by); }
  size_t asked(const std::string& name) { return server_.questions(name, DnsType::kA); }

  DnsServer server_;
  DnsSettings settings_;
  EventLoop loop_;
  kj::TimerImpl timer_{kj::origin<kj::TimePoint>() + 1 * kj::HOURS};
  kj::Own<DnsResolver> resolver_;
};

TEST_F(DnsResolverTest, GivesAllAddressesOfBothFamilies) {
  server_.set("a.test", {dnsAddresses({"192.0.2.1", "192.0.2.2", "2001:db8::1"})});
  auto resolution = loop_.run(resolver().resolve("a.test"));
  auto* addresses = std::get_if<std::vector<IpAddress>>(&resolution);
  ASSERT_NE(addresses, nullptr) << textOf(resolution);
  EXPECT_EQ(addresses->size(), 3u);
}

TEST_F(DnsResolverTest, OneFamilyIsEnough) {
  server_.set("four.test", {dnsAddresses({"192.0.2.1"})});
  server_.set("six.test", {dnsAddresses({"2001:db8::1"})});
  EXPECT_EQ(lookUp("four.test"), "192.0.2.1");
  EXPECT_EQ(lookUp("six.test"), "2001:db8::1");
}

TEST_F(DnsResolverTest, FollowsAliases) {
  server_.set("a.test", {dnsAliases({"b.test", "c.test"}, {"192.0.2.1"})});
  EXPECT_EQ(lookUp("a.test"), "192.0.2.1");
}

TEST_F(DnsResolverTest, SaysWhyThereIsNoAddress) {
  server_.set("empty.test", {DnsReply()});
  server_.set("failing.test", {dnsError(2)});
  EXPECT_EQ(lookUp("missing.test"), "does not exist");
  EXPECT_EQ(lookUp("empty.test"), "has no addresses");
  EXPECT_EQ(lookUp("failing.test"), "could not be looked up: no name server could answer");
}

TEST_F(DnsResolverTest, ANameThatDnsCannotHaveIsNotSent) {
  EXPECT_EQ(lookUp(std::string(64, 'a') + ".test"), "is not a name that DNS can have");
  std::string tooLong;
  for (int i = 0; i < 130; i++)
    tooLong += "a.";
  EXPECT_EQ(lookUp(tooLong + "test"), "is not a name that DNS can have");
  EXPECT_EQ(lookUp("a..test"), "is not a name that DNS can have");
  EXPECT_EQ(server_.allQuestions(), 0u);
}

TEST_F(DnsResolverTest, LocalhostIsLoopbackWithoutDns) {
  for (const char* name : {"localhost", "app.localhost", "localhost.", "a.b.localhost."})
    EXPECT_EQ(lookUp(name), "127.0.0.1 ::1") << name;
  EXPECT_EQ(lookUp("a.onion"), "does not exist");
  EXPECT_EQ(lookUp("a.invalid"), "does not exist");
  EXPECT_EQ(server_.allQuestions(), 0u);
  server_.set("notlocalhost", {dnsAddresses({"192.0.2.1"})});
  EXPECT_EQ(lookUp("notlocalhost"), "192.0.2.1");
}

TEST_F(DnsResolverTest, ADotAtTheEndChangesNothing) {
  server_.set("a.test", {dnsAddresses({"192.0.2.1"})});
  EXPECT_EQ(lookUp("a.test."), "192.0.2.1");
  EXPECT_EQ(lookUp("a.test"), "192.0.2.1");
  EXPECT_EQ(asked("a.test"), 1u);
}

TEST_F(DnsResolverTest, TheTableOfHostsComesFirstAndIsReadAgainWhenItChanges) {
  TemporaryDirectory directory;
  settings_.hosts = directory.below("hosts");
  server_.set("a.test", {dnsAddresses({"192.0.2.1"})});
  std::ofstream(settings_.hosts) << "192.0.2.7 a.test\n";
  EXPECT_EQ(lookUp("a.test"), "192.0.2.7");
  EXPECT_EQ(server_.allQuestions(), 0u);
  std::ofstream(settings_.hosts) << "192.0.2.77 other.test\n";
  EXPECT_EQ(lookUp("a.test"), "192.0.2.1");
}

TEST_F(DnsResolverTest, AnswersFromItsCacheUntilTheTtlIsOver) {
  server_.set("a.test", {dnsAddresses({"192.0.2.1"}, 60), dnsAddresses({"192.0.2.2"}, 60)});
  EXPECT_EQ(lookUp("a.test"), "192.0.2.1");
  advance(59 * kj::SECONDS);
  EXPECT_EQ(lookUp("a.test"), "192.0.2.1");
  EXPECT_EQ(asked("a.test"), 1u);
  advance(1 * kj::SECONDS);
  EXPECT_EQ(lookUp("a.test"), "192.0.2.2");
}

TEST_F(DnsResolverTest, ATtlHasALowestAndAHighest) {
  server_.set("short.test", {dnsAddresses({"192.0.2.1"}, 0), dnsAddresses({"192.0.2.2"}, 0)});
  server_.set("long.test", {dnsAddresses({"192.0.2.1"}, 86400), dnsAddresses({"192.0.2.2"})});
  EXPECT_EQ(lookUp("short.test"), "192.0.2.1");
  EXPECT_EQ(lookUp("short.test"), "192.0.2.1");
  EXPECT_EQ(lookUp("long.test"), "192.0.2.1");
  advance(1 * kj::SECONDS);
  // Rebinding: whoever resolves again gets the new address and has to check it again.
  EXPECT_EQ(lookUp("short.test"), "192.0.2.2");
  advance(298 * kj::SECONDS);
  EXPECT_EQ(lookUp("long.test"), "192.0.2.1");
  advance(1 * kj::SECONDS);
  EXPECT_EQ(lookUp("long.test"), "192.0.2.2");
}

TEST_F(DnsResolverTest, RemembersFiveSecondsThatThereIsNothing) {
  server_.set("a.test", {dnsError(3), dnsAddresses({"192.0.2.1"})});
  EXPECT_EQ(lookUp("a.test"), "does not exist");
  advance(4999 * kj::MILLISECONDS);
  EXPECT_EQ(lookUp("a.test"), "does not exist");
  advance(1 * kj::MILLISECONDS);
  EXPECT_EQ(lookUp("a.test"), "192.0.2.1");
}

TEST_F(DnsResolverTest, RemembersASecondThatNobodyCouldSay) {
  settings_.rounds = 1;
  server_.set("a.test", {dnsError(2), dnsAddresses({"192.0.2.1"})});
  EXPECT_EQ(lookUp("a.test"), "could not be looked up: no name server could answer");
  advance(999 * kj::MILLISECONDS);
  EXPECT_EQ(lookUp("a.test"), "could not be looked up: no name server could answer");
  advance(1 * kj::MILLISECONDS);
  EXPECT_EQ(lookUp("a.test"), "192.0.2.1");
}

TEST_F(DnsResolverTest, TheCacheHasAnEnd) {
  settings_.cachedNames = 2;
  for (const char* name : {"a.test", "b.test", "c.test"}) {
    server_.set(name, {dnsAddresses({"192.0.2.1"})});
    lookUp(name);
  }
  EXPECT_EQ(resolver().figures().cached, 2u);
  lookUp("c.test");
  lookUp("a.test");
  EXPECT_EQ(asked("c.test"), 1u);
  EXPECT_EQ(asked("a.test"), 2u);
}

TEST_F(DnsResolverTest, LookupsOfOneNameShareAQuestion) {
  auto held = dnsAddresses({"192.0.2.1"});
  held.sending = DnsReply::Sending::kHeld;
  server_.set("a.test", {held});
  auto first = resolver().resolve("a.test");
  auto second = resolver().resolve("a.test");
  EXPECT_EQ(resolver().figures().open, 1u);
  auto asking =
      first.then([](Resolution resolution) { return textOf(resolution); }).eagerlyEvaluate(nullptr);
  loop_.runOnce();
  server_.awaitQuestions("a.test", DnsType::kA, 1);
  server_.awaitQuestions("a.test", DnsType::kAaaa, 1);
  server_.release();
  EXPECT_EQ(loop_.run(kj::mv(asking)), "192.0.2.1");
  EXPECT_EQ(textOf(loop_.run(kj::mv(second))), "192.0.2.1");
  EXPECT_EQ(asked("a.test"), 1u);
}

TEST_F(DnsResolverTest, AHungServerCostsOnlyTheLookupsThatWaitForIt) {
  server_.set("hung.test", {dnsSilence()});
  server_.set("a.test", {dnsAddresses({"192.0.2.1"})});
  bool isDone = false;
  auto hung = resolver()
                  .resolve("hung.test")
                  .then([&isDone](Resolution) { isDone = true; })
                  .eagerlyEvaluate(nullptr);
  loop_.runOnce();
  server_.awaitQuestions("hung.test", DnsType::kA, 1);
  EXPECT_EQ(lookUp("a.test"), "192.0.2.1");
  loop_.run(loop_.timer().afterDelay(1 * kj::MILLISECONDS));
  EXPECT_FALSE(isDone);
  EXPECT_EQ(resolver().figures().open, 1u);
}

TEST_F(DnsResolverTest, ALookupEndsAtItsTimeout) {
  server_.set("hung.test", {dnsSilence()});
  auto hung = resolver().resolve("hung.test").eagerlyEvaluate(nullptr);
  loop_.runOnce();
  server_.awaitQuestions("hung.test", DnsType::kA, 1);
  advance(5 * kj::SECONDS - 1 * kj::NANOSECONDS);
  loop_.runOnce();
  EXPECT_EQ(resolver().figures().open, 1u);
  advance(1 * kj::NANOSECONDS);
  EXPECT_EQ(textOf(loop_.run(kj::mv(hung))), "got no answer from the name servers within 5 s");
  EXPECT_EQ(resolver().figures().open, 0u);
}

TEST_F(DnsResolverTest, AsksAgainWhenAQuestionIsLost) {
  settings_.attemptTimeout = 20 * kj::MILLISECONDS;
  settings_.rounds = 10;
  server_.set("a.test", {dnsSilence(), dnsAddresses({"192.0.2.1"})});
  EXPECT_EQ(lookUp("a.test"), "192.0.2.1");
  EXPECT_GE(asked("a.test"), 2u);
}

TEST_F(DnsResolverTest, GoesOnToTheNextServer) {
  DnsServer second;
  settings_.servers.push_back({*parseIpAddress("127.0.0.1"), second.port()});
  server_.set("a.test", {dnsError(2)});
  server_.set("b.test", {dnsSilence()});
  for (const char* name : {"a.test", "b.test"})
    second.set(name, {dnsAddresses({"192.0.2.2"})});
  EXPECT_EQ(lookUp("a.test"), "192.0.2.2");
  settings_.attemptTimeout = 100 * kj::MILLISECONDS;
  resolver_ = nullptr;
  EXPECT_EQ(lookUp("b.test"), "192.0.2.2");
}

TEST_F(DnsResolverTest, NoServerAtAllIsKnownAtOnce) {
  auto gone = kj::heap<DnsServer>();
  settings_.servers = {{*parseIpAddress("127.0.0.1"), gone->port()}};
  gone = nullptr;
  EXPECT_EQ(lookUp("a.test"), "could not be looked up: no name server could answer");
}

TEST_F(DnsResolverTest, AServerThatIsSilentAboutOneFamilyDoesNotHideTheOther) {
  server_.set("a.test", DnsType::kA, {dnsAddresses({"192.0.2.1"})});
  server_.set("a.test", DnsType::kAaaa, {dnsSilence()});
  auto lookup = resolver().resolve("a.test").eagerlyEvaluate(nullptr);
  loop_.runOnce();
  server_.awaitQuestions("a.test", DnsType::kA, 1);
  // Answered after it, so that its answer is there.
  lookUp("b.test");
  EXPECT_EQ(resolver().figures().open, 1u);
  advance(500 * kj::MILLISECONDS);
  EXPECT_EQ(textOf(loop_.run(kj::mv(lookup))), "192.0.2.1");
}

TEST_F(DnsResolverTest, WhatIsThereAtTheTimeoutCounts) {
  settings_.otherFamilyTimeout = 1 * kj::HOURS;
  server_.set("a.test", DnsType::kA, {dnsAddresses({"192.0.2.1"})});
  server_.set("a.test", DnsType::kAaaa, {dnsSilence()});
  auto lookup = resolver().resolve("a.test").eagerlyEvaluate(nullptr);
  loop_.runOnce();
  server_.awaitQuestions("a.test", DnsType::kA, 1);
  lookUp("b.test");
  advance(5 * kj::SECONDS);
  EXPECT_EQ(textOf(loop_.run(kj::mv(lookup))), "192.0.2.1");
}

TEST_F(DnsResolverTest, GivingUpEndsTheLookup) {
  auto held = dnsAddresses({"192.0.2.1"});
  held.sending = DnsReply::Sending::kHeld;
  server_.set("a.test", {held, dnsAddresses({"192.0.2.2"})});
  {
    auto first = resolver().resolve("a.test").eagerlyEvaluate(nullptr);
    auto second = resolver().resolve("a.test").eagerlyEvaluate(nullptr);
    loop_.runOnce();
    server_.awaitQuestions("a.test", DnsType::kA, 1);
    first = nullptr;
    EXPECT_EQ(resolver().figures().open, 1u) << "the second still waits";
  }
  EXPECT_EQ(resolver().figures().open, 0u);
  server_.release();
  EXPECT_EQ(lookUp("a.test"), "192.0.2.2");
}

TEST_F(DnsResolverTest, MoreLookupsThanMayBeOpenWaitAndTheQueueHasAnEnd) {
  settings_.openLookups = 1;
  settings_.waitingLookups = 1;
  server_.set("hung.test", {dnsSilence()});
  server_.set("a.test", {dnsAddresses({"192.0.2.1"})});
  server_.set("b.test", {dnsAddresses({"192.0.2.2"})});
  auto hung = resolver().resolve("hung.test").eagerlyEvaluate(nullptr);
  auto waiting = resolver().resolve("a.test");
  EXPECT_EQ(resolver().figures().waiting, 1u);
  EXPECT_EQ(lookUp("b.test"), "could not be looked up: the server has too many lookups waiting");
  EXPECT_EQ(asked("a.test"), 0u);
  hung = nullptr;
  EXPECT_EQ(textOf(loop_.run(kj::mv(waiting))), "192.0.2.1");
  // It was not the name's fault, so nothing is remembered.
  EXPECT_EQ(lookUp("b.test"), "192.0.2.2");
}

TEST_F(DnsResolverTest, WaitingForATurnHasATimeoutToo) {
  settings_.openLookups = 1;
  server_.setOthers(dnsSilence());
  auto hung = resolver().resolve("hung.test").eagerlyEvaluate(nullptr);
  loop_.runOnce();
  advance(1 * kj::SECONDS);
  auto waiting = resolver().resolve("a.test").eagerlyEvaluate(nullptr);
  advance(4 * kj::SECONDS);
  EXPECT_EQ(textOf(loop_.run(kj::mv(hung))), "got no answer from the name servers within 5 s");
  // Its turn has come, and what it has waited counts.
  loop_.runOnce();
  EXPECT_EQ(resolver().figures().open, 1u);
  auto last = resolver().resolve("b.test").eagerlyEvaluate(nullptr);
  advance(1 * kj::SECONDS);
  EXPECT_EQ(textOf(loop_.run(kj::mv(waiting))), "got no answer from the name servers within 5 s");
  EXPECT_EQ(resolver().figures().open + resolver().figures().waiting, 1u);
}

TEST_F(DnsResolverTest, ALookupThatNeverHadItsTurnSaysSo) {
  settings_.openLookups = 0;
  auto waiting = resolver().resolve("a.test").eagerlyEvaluate(nullptr);
  advance(5 * kj::SECONDS);
  EXPECT_EQ(textOf(loop_.run(kj::mv(waiting))),
            "could not be looked up within 5 s: other lookups were before it, and an app has at "
            "most 8 at work at a time");
  EXPECT_EQ(resolver().figures().waiting, 0u);
}

// What comes from the right address and is no answer to our question.
TEST_F(DnsResolverTest, TakesOnlyAnswersToItsOwnQuestion) {
  using Forgery = DnsReply::Forgery;
  auto reply = dnsAddresses({"192.0.2.1"});
  reply.forgeries = {Forgery::kWrongId, Forgery::kWrongQuestion, Forgery::kEmpty,
                     Forgery::kGarbage};
  server_.set("a.test", {reply});
  EXPECT_EQ(lookUp("a.test"), "192.0.2.1");
  EXPECT_EQ(asked("a.test"), 1u);
}

TEST_F(DnsResolverTest, MoreForgeriesThanATurnReadsAreNoBarrier) {
  auto reply = dnsAddresses({"192.0.2.1"});
  reply.forgeries.assign(100, DnsReply::Forgery::kWrongId);
  server_.set("a.test", {reply});
  EXPECT_EQ(lookUp("a.test"), "192.0.2.1");
}

TEST_F(DnsResolverTest, AnAnswerThatCannotBeReadIsNone) {
  auto reply = dnsSilence();
  reply.forgeries = {DnsReply::Forgery::kHalfARecord};
  server_.set("a.test", {reply});
  EXPECT_EQ(lookUp("a.test"), "got an answer that cannot be read");
}

TEST_F(DnsResolverTest, ALoopOfAliasesHasNoAddresses) {
  DnsReply loop;
  loop.records = {{"", DnsType::kCname, "b.test"}, {"b.test", DnsType::kCname, "a.test"}};
  server_.set("a.test", {loop});
  EXPECT_EQ(lookUp("a.test"), "has no addresses");
}

TEST_F(DnsResolverTest, RecordsOfOtherNamesMeanNothing) {
  auto reply = dnsAddresses({"192.0.2.1"});
  reply.records.push_back({"other.test", DnsType::kA, "192.0.2.9"});
  server_.set("a.test", {reply});
  EXPECT_EQ(lookUp("a.test"), "192.0.2.1");
}

TEST_F(DnsResolverTest, ATruncatedAnswerIsFetchedOverTcp) {
  auto reply = dnsAddresses({"192.0.2.1"});
  reply.sending = DnsReply::Sending::kOverTcp;
  server_.set("a.test", {reply});
  EXPECT_EQ(lookUp("a.test"), "192.0.2.1");
  EXPECT_EQ(server_.tcpQuestions(), 2u);
}

TEST_F(DnsResolverTest, KeepsSomeOfAThousandAddresses) {
  std::vector<std::string> many;
  for (int i = 0; i < 1000; i++)
    many.push_back("198.18." + std::to_string(i / 250) + "." + std::to_string(i % 250));
  server_.set("a.test", {dnsAddresses(many)});
  auto resolution = loop_.run(resolver().resolve("a.test"));
  auto* addresses = std::get_if<std::vector<IpAddress>>(&resolution);
  ASSERT_NE(addresses, nullptr) << textOf(resolution);
  EXPECT_EQ(addresses->size(), kMaxDnsAddresses);
  EXPECT_EQ(toString(addresses->front()), "198.18.0.0");
}

}  // namespace
}  // namespace nano::test
