// A crash stays with the app that caused it: retries, workers of their own, quarantine, shedding.

#include <signal.h>

#include <thread>

#include <gtest/gtest.h>

#include "tests/harness/nanod.h"

namespace nano::test {
namespace {

// Ends its process by an engine fatal (security 0.3) at /boom.
constexpr char kFatal[] = R"(
export default {
  fetch(request) {
    if (new URL(request.url).pathname === '/boom') 'a'.repeat(2 ** 28).split('');
    return new Response('fine');
  },
};)";

// Never answers /hang; says which worker it is by a number chosen at start.
constexpr char kHanging[] = R"(
let calls = 0;
export default {
  fetch(request) {
    calls++;
    if (new URL(request.url).pathname === '/hang' && calls === 1) return new Promise(() => setTimeout(() => {}, 1e6));
    return new Response('call ' + calls);
  },
};)";

std::string send(const Nanod& nanod, const std::string& host, const std::string& path,
                 const std::string& method) {
  RawConnection connection(nanod.port());
  connection.send(method + " " + path + " HTTP/1.1\r\nHost: " + host +
                  "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  return connection.receive();
}

pid_t awaitWorker(const Nanod& nanod, const std::string& cordon) {
  for (int i = 0; i < 2000; i++) {
    if (pid_t pid = nanod.workerOf(cordon)) return pid;
  }
  return 0;
}

TEST(ContainmentTest, AGetWhoseWorkerIsKilledIsAnsweredByTheNextWorker) {
  Nanod nanod;
  nanod.deploy("app", {{"index.js", kHanging}});
  RawConnection hanging(nanod.port());
  hanging.send("GET /hang HTTP/1.1\r\nHost: app.localhost\r\nConnection: close\r\n\r\n");
  pid_t worker = awaitWorker(nanod, "default");
  ASSERT_NE(worker, 0);
  // Behind it in the same worker: when this is answered the other one is there.
  EXPECT_EQ(nanod.get("app.localhost").body, "call 2");
  ASSERT_EQ(kill(worker, SIGKILL), 0);
  // In the new worker it is the first call again and would hang for ever; it is tried once only, so
  // the second death answers it.
  EXPECT_EQ(nanod.get("app.localhost").body, "call 2");
  worker = awaitWorker(nanod, "default");
  ASSERT_NE(worker, 0);
  ASSERT_EQ(kill(worker, SIGKILL), 0);
  std::string answer = hanging.receive();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 502")) << answer;
}

TEST(ContainmentTest, AnAppThatEndsItsProcessTwiceGetsAWorkerOfItsOwn) {
  Nanod nanod;
  nanod.deploy("bad", {{"index.js", kFatal}}, {"--tenant=acme"});
  nanod.deploy("good", {{"index.js", appThatSays("calm")}}, {"--tenant=acme"});
  EXPECT_EQ(nanod.get("good.acme.localhost").body, "calm");
  EXPECT_EQ(nanod.get("bad.acme.localhost").body, "fine");
  EXPECT_EQ(nanod.workerOf("acme/bad"), 0);
  // A POST is not tried again, so each of these is one death.
  for (int i = 0; i < 2; i++) {
    EXPECT_TRUE(send(nanod, "bad.acme.localhost", "/boom", "POST").starts_with("HTTP/1.1 502"));
  }
  EXPECT_EQ(nanod.get("good.acme.localhost").body, "calm");
  EXPECT_EQ(nanod.get("bad.acme.localhost").body, "fine");
  pid_t shared = nanod.workerOf("acme");
  EXPECT_NE(shared, 0);
  EXPECT_NE(nanod.workerOf("acme/bad"), 0);
  EXPECT_TRUE(send(nanod, "bad.acme.localhost", "/boom", "POST").starts_with("HTTP/1.1 502"));
  EXPECT_EQ(nanod.get("good.acme.localhost").body, "calm");
  EXPECT_EQ(nanod.workerOf("acme"), shared) << "the other app's worker lives on";
}

TEST(ContainmentTest, AnAppThatCrashesInALoopIsQuarantinedAndANewVersionEndsThat) {
  Nanod nanod;
  nanod.deploy("loop", {{"index.js", kFatal}});
  std::string answer;
  int deaths = 0;
  for (; deaths < 10; deaths++) {
    answer = send(nanod, "loop.localhost", "/boom", "POST");
    if (!answer.starts_with("HTTP/1.1 502")) break;
  }
  EXPECT_EQ(deaths, 6) << "five crashes in a minute are allowed";
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 503")) << answer;
  EXPECT_NE(answer.find("outcome: quarantined"), std::string::npos) << answer;
  EXPECT_NE(answer.find("retry-after: "), std::string::npos) << answer;
  EXPECT_NE(nanod.nanoctl({"logs", "loop"}).out.find("A new deploy ends that"), std::string::npos);
  nanod.deploy("loop", {{"index.js", appThatSays("mended")}});
  EXPECT_EQ(nanod.get("loop.localhost").body, "mended");
}

}  // namespace
}  // namespace nano::test
