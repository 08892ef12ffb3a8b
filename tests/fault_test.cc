// Faults stay small: dead, stopped and spinning workers, and a supervisor that is asked to leave.

#include <signal.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/harness/nanod.h"

namespace nano::test {
namespace {

constexpr char kSpinner[] = R"(
export default {
  fetch(request) {
    if (new URL(request.url).pathname === '/spin') for (;;) {}
    return new Response('fine');
  },
};)";

// Whether some request is answered well; each is one try.
bool eventuallyAnswers(const Nanod& nanod, const std::string& host, const std::string& body) {
  for (int i = 0; i < 2000; i++) {
    if (nanod.get(host).body == body) return true;
  }
  return false;
}

TEST(FaultTest, AKilledWorkerCostsItsRequestsOnlyAndTheNextIsServed) {
  Nanod nanod;
  nanod.deploy("app", {{"index.js", R"(
export default {
  fetch(request) {
    if (new URL(request.url).pathname === '/hang') return new Promise(() => setTimeout(() => {}, 1e6));
    return new Response('fine');
  },
};)"}});
  EXPECT_EQ(nanod.get("app.localhost").body, "fine");
  pid_t worker = nanod.workerOf("default");
  ASSERT_NE(worker, 0);
  RawConnection hanging(nanod.port());
  // A POST: what may be made twice is tried again in the next worker (containment_test).
  hanging.send("POST /hang HTTP/1.1\r\nHost: app.localhost\r\nContent-Length: 0\r\n\r\n");
  // Behind it in the same worker: when this is answered the other one is there.
  EXPECT_EQ(nanod.get("app.localhost").body, "fine");
  ASSERT_EQ(kill(worker, SIGKILL), 0);
  EXPECT_TRUE(hanging.receiveUntil("\r\n").starts_with("HTTP/1.1 502"));
  EXPECT_EQ(nanod.get("app.localhost").body, "fine");
  EXPECT_NE(nanod.workerOf("default"), worker);
  EXPECT_TRUE(nanod.isRunning());
}

TEST(FaultTest, AWorkerThatDiesWithinItsAnswersBreaksThemOffAndNothingElse) {
  Nanod nanod;
  nanod.deploy("app", {{"index.js", R"(
export default {
  fetch(request) {
    if (new URL(request.url).pathname !== '/stream') return new Response('fine');
    return new Response(new ReadableStream({
      async pull(controller) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        controller.enqueue(new TextEncoder().encode('more'));
      },
    }));
  },
};)"}});
  for (int round = 0; round < 4; round++) {
    std::vector<std::unique_ptr<RawConnection>> streams;
    for (int i = 0; i < 20; i++) {
      streams.push_back(std::make_unique<RawConnection>(nanod.port()));
      streams.back()->send("GET /stream HTTP/1.1\r\nHost: app.localhost\r\n\r\n");
      EXPECT_TRUE(streams.back()->receiveUntil("more").ends_with("more"));
    }
    ASSERT_EQ(kill(nanod.workerOf("default"), SIGKILL), 0);
    for (auto& stream : streams)
      EXPECT_EQ(stream->receive().find("0\r\n\r\n"), std::string::npos);
    EXPECT_TRUE(eventuallyAnswers(nanod, "app.localhost", "fine"));
    ASSERT_TRUE(nanod.isRunning());
  }
}

TEST(FaultTest, AFewDeathsCostNoDelayAndALoopOfThemBacksOff) {
  Nanod nanod;
  nanod.deploy("app", {{"index.js", appThatSays("fine")}});
  EXPECT_EQ(nanod.status().value("workerDeaths", -1), 0) << "the trial of a deploy is no death";
  int deaths = 0;
  for (bool backsOff = false; !backsOff && deaths < 12; deaths++) {
    ASSERT_TRUE(eventuallyAnswers(nanod, "app.localhost", "fine")) << deaths;
    const pid_t worker = nanod.workerOf("default");
    ASSERT_NE(worker, 0);
    ASSERT_EQ(kill(worker, SIGKILL), 0);
    // 502 until nanod has seen the death; then either a new worker or the back-off answers.
    HttpResponse after;
    do {
      after = nanod.get("app.localhost");
    } while (after.status == 502);
    backsOff = after.status == 503 && after.body.find("loadShed") != std::string::npos;
    if (deaths < 5) {
      EXPECT_FALSE(backsOff) << deaths;
    }
  }
  EXPECT_LT(deaths, 12) << "it never backed off";
  EXPECT_EQ(nanod.status().value("workerDeaths", 0), deaths);
}

TEST(FaultTest, AStoppedWorkerIsReplaced) {
  Nanod nanod;
  nanod.deploy("app", {{"index.js", appThatSays("fine")}});
  EXPECT_EQ(nanod.get("app.localhost").body, "fine");
  pid_t worker = nanod.workerOf("default");
  ASSERT_EQ(kill(worker, SIGSTOP), 0);
  // Answered when the worker is given up: by the next one.
  EXPECT_EQ(nanod.get("app.localhost").body, "fine");
  EXPECT_EQ(nanod.get("app.localhost").body, "fine");
  EXPECT_NE(nanod.workerOf("default"), worker);
}

TEST(FaultTest, AnEndlessLoopIs503AndAnotherTenantIsServedMeanwhile) {
  Nanod nanod;
  nanod.deploy("spinner", {{"index.js", kSpinner}},
               {"--tenant=bad", "--host=spinner.example.test"});
  nanod.deploy("other", {{"index.js", appThatSays("calm")}},
               {"--tenant=good", "--host=calm.example.test"});
  EXPECT_EQ(nanod.get("calm.example.test").body, "calm");
  EXPECT_EQ(nanod.get("spinner.example.test").body, "fine");
  HttpResponse spun;
  std::thread victim([&nanod, &spun] { spun = nanod.get("spinner.example.test", "/spin"); });
  for (int i = 0; i < 100; i++)
    EXPECT_EQ(nanod.get("calm.example.test").body, "calm");
  victim.join();
  EXPECT_EQ(spun.status, 503) << spun.body;
  EXPECT_TRUE(eventuallyAnswers(nanod, "spinner.example.test", "fine"));
}

TEST(FaultTest, AHeapBombIs503AndTheAppAnswersAgain) {
  Nanod nanod;
  nanod.deploy("bomb", {{"index.js", R"(
export default {
  fetch(request) {
    if (new URL(request.url).pathname !== '/boom') return new Response('fine');
    const all = [];
    for (;;) all.push(new Array(100).fill({ a: all.length }));
  },
};)"}});
  auto response = nanod.get("bomb.localhost", "/boom");
  EXPECT_TRUE(response.status == 503 || response.status == 502) << response.status;
  EXPECT_TRUE(eventuallyAnswers(nanod, "bomb.localhost", "fine"));
  EXPECT_TRUE(nanod.isRunning());
}

TEST(FaultTest, TenantsDoNotShareAProcess) {
  Nanod nanod;
  nanod.deploy("a", {{"index.js", appThatSays("a")}}, {"--tenant=red", "--host=a.example.test"});
  nanod.deploy("b", {{"index.js", appThatSays("b")}}, {"--tenant=blue", "--host=b.example.test"});
  EXPECT_EQ(nanod.get("a.example.test").body, "a");
  EXPECT_EQ(nanod.get("b.example.test").body, "b");
  EXPECT_NE(nanod.workerOf("red"), 0);
  EXPECT_NE(nanod.workerOf("blue"), 0);
  EXPECT_NE(nanod.workerOf("red"), nanod.workerOf("blue"));
}

TEST(FaultTest, SigtermAnswersWhatIsThereAndLeaves) {
  Nanod nanod;
  nanod.deploy("slow", {{"index.js", R"(
export default {
  async fetch() {
    await new Promise((resolve) => setTimeout(resolve, 300));
    return new Response('whole');
  },
};)"}});
  RawConnection slow(nanod.port());
  slow.send("GET / HTTP/1.1\r\nHost: slow.localhost\r\nConnection: close\r\n\r\n");
  // The request is in the app when the next is answered: they share the worker's loop.
  nanod.get("slow.localhost");
  RawConnection last(nanod.port());
  last.send(
      "GET / HTTP/1.1\r\nHost: slow.localhost\r\nExpect: 100-continue\r\n"
      "Content-Length: 100000\r\n\r\n");
  EXPECT_TRUE(slow.receive().ends_with("whole"));
  last.close();
  EXPECT_EQ(nanod.stop(SIGTERM), 0);
}

TEST(FaultTest, NoWorkerOutlivesItsSupervisor) {
  Nanod nanod;
  nanod.deploy("app", {{"index.js", appThatSays("fine")}});
  EXPECT_EQ(nanod.get("app.localhost").body, "fine");
  pid_t worker = nanod.workerOf("default");
  nanod.stop(SIGKILL);
  // It is not our child; process 1 or a subreaper takes it, and then it is gone.
  for (int i = 0; i < 100000 && kill(worker, 0) == 0; i++)
    std::this_thread::yield();
  std::ifstream status("/proc/" + std::to_string(worker) + "/status");
  std::string text((std::istreambuf_iterator<char>(status)), {});
  EXPECT_TRUE(text.empty() || text.find("State:\tZ") != std::string::npos) << text;
}

}  // namespace
}  // namespace nano::test
