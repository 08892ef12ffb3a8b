// The slow tail of the hostile cases: a million requests, and limits of half a minute.

#include <chrono>
#include <thread>
#include <utility>

#include "tests/hostile/invariants.h"
#include "tests/hostile/nonce_traffic.h"

namespace nano::test {
namespace {

using TenantLong = HostileTest;

TEST_F(TenantLong, T96NoAnswerOfOneRequestIsSentToAnotherInAMillion) {
  constexpr uint64_t kRequests = 1'000'000;
  deployHandler("t96", kNonceHandler);
  EXPECT_TRUE(answersAgain("t96"));
  pid_t worker = workerOf("t96");
  auto report = sendNonceTraffic(nanod().port(), hostOf("t96"), kRequests);
  EXPECT_EQ(report.firstWrong, "");
  EXPECT_EQ(report.refused, 0u);
  EXPECT_EQ(report.answered + report.aborted, kRequests);
  EXPECT_EQ(workerOf("t96"), worker) << "the worker did not survive";
}

// security 3.1: 30 seconds after the response, then its timers end and the log says so.
TEST_F(TenantLong, T75WaitUntilForEverIsCut) {
  deployHandler("t75", R"(
    if (path === '/start') {
      ctx.waitUntil(new Promise(() => setInterval(() => { ticks++; }, 100)));
      return new Response('started');
    }
    return new Response(String(ticks));)",
                "let ticks = 0;");
  EXPECT_EQ(ask("t75", "/start").body, "started");
  EXPECT_TRUE(eventually([] { return std::stoi("0" + ask("t75", "/ticks").body) > 10; }));
  std::string ticks;
  EXPECT_TRUE(eventually(
      [&ticks] {
        std::string before = std::exchange(ticks, ask("t75", "/ticks").body);
        std::this_thread::sleep_for(std::chrono::seconds(1));
        return before == ticks;
      },
      std::chrono::seconds(60)))
      << "it still runs";
  EXPECT_TRUE(logs("t75", "waitUntil"));
}

// A client that takes nothing of an endless body (security 3.1: 500 B/s over 30 s) is let go, and
// the app hears of it.
TEST_F(TenantLong, T68AnEndlessBodyThatNobodyReadsIsEnded) {
  deployHandler("t68", R"(
    if (path === '/seen') return new Response(seen.join());
    return new Response(new ReadableStream({
      pull(controller) { controller.enqueue(new Uint8Array(65536)); },
      cancel() { seen.push('cancelled'); },
    }));)",
                "const seen = [];");
  RawConnection connection(nanod().port());
  connection.send("GET / HTTP/1.1\r\nHost: t68.example.test\r\n\r\n");
  EXPECT_TRUE(connection.receiveUntil("\r\n\r\n").starts_with("HTTP/1.1 200"));
  EXPECT_TRUE(eventually([] { return ask("t68", "/seen").body == "cancelled"; },
                         std::chrono::seconds(120)));
}

// A request that is never answered (security 3.1: 30 s until the response's head).
TEST_F(TenantLong, T39ARequestThatIsNeverAnsweredIs504) {
  deployHandler("t39", "await new Promise(() => setInterval(() => {}, 1000));");
  RawConnection connection(nanod().port());
  connection.send("GET / HTTP/1.1\r\nHost: t39.example.test\r\n\r\n");
  std::string all;
  EXPECT_TRUE(eventually(
      [&connection, &all] {
        all += connection.receive(12);
        return !all.empty();
      },
      std::chrono::seconds(60)));
  EXPECT_TRUE(all.starts_with("HTTP/1.1 504")) << all;
}

}  // namespace
}  // namespace nano::test
