// What one tenant may take of the worker processes, and what is left to the others.

#include <signal.h>

#include <atomic>
#include <memory>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/harness/nanod.h"

namespace nano::test {
namespace {

// Each in a worker of its own, by the tenant's choice.
void deployAlone(Nanod& nanod, const std::string& tenant, int i, const std::string& code) {
  nanod.deploy("app" + std::to_string(i),
               {{"index.js", code}, {"nano.jsonc", R"({"isolation": "app"})"}},
               {"--tenant=" + tenant});
}

std::string hostOf(const std::string& tenant, int i) {
  return "app" + std::to_string(i) + "." + tenant + ".localhost";
}

// Answers when its body is whole: the client decides how long that takes.
constexpr char kEcho[] = R"(
export default {
  async fetch(request) {
    return new Response('got ' + (await request.text()).length);
  },
};)";

// A body larger than what is collected before the app sees the request, without its last byte.
constexpr size_t kBodyBytes = 100'000;

TEST(TenantShareTest, WhoHasAllWorkerProcessesGivesSomeUpToOthersAndKeepsItsRequests) {
  constexpr int kPlaces = 4;
  Nanod nanod({.flags = {"--max-workers=" + std::to_string(kPlaces)}});
  std::vector<std::unique_ptr<RawConnection>> busy;
  for (int i = 0; i <= kPlaces; i++)
    deployAlone(nanod, "greedy", i, kEcho);
  nanod.deploy("calm", {{"index.js", appThatSays("calm")}}, {"--tenant=good"});
  for (int i = 0; i < kPlaces; i++) {
    // The worker that the last deploy was tried in may still have a place.
    while (nanod.get(hostOf("greedy", i)).status != 200) {
    }
    busy.push_back(std::make_unique<RawConnection>(nanod.port()));
    busy.back()->send("POST / HTTP/1.1\r\nHost: " + hostOf("greedy", i) +
                      "\r\nConnection: close\r\nContent-Length: " + std::to_string(kBodyBytes) +
                      "\r\n\r\n" + std::string(kBodyBytes - 1, 'x'));
  }
  // A tenant that has them all gets no more, and its log says why.
  auto fifth = nanod.get(hostOf("greedy", kPlaces));
  EXPECT_EQ(fifth.status, 503) << fifth.body;
  EXPECT_NE(fifth.body.find("outcome: loadShed"), std::string::npos) << fifth.body;
  EXPECT_NE(nanod.nanoctl({"logs", "app4", "--tenant=greedy"})
                .out.find("the tenant has its share of them"),
            std::string::npos);
  // One that has none gets one.
  EXPECT_EQ(nanod.get("calm.good.localhost").body, "calm");
  const pid_t calm = nanod.workerOf("good");
  EXPECT_NE(calm, 0);
  EXPECT_EQ(nanod.get(hostOf("greedy", kPlaces)).status, 503);
  EXPECT_EQ(nanod.workerOf("good"), calm) << "and keeps it";
  for (auto& connection : busy) {
    connection->send("x");
    EXPECT_TRUE(connection->receive().ends_with("got " + std::to_string(kBodyBytes)));
  }
  // Its own are idle now: one makes place for another.
  EXPECT_EQ(nanod.get(hostOf("greedy", kPlaces)).body, "got 0");
  EXPECT_EQ(nanod.workerOf("good"), calm);
}

// Ends its process by an engine fatal (security 0.3).
constexpr char kFatal[] = "export default { fetch() { 'a'.repeat(2 ** 28).split('') } };";

// Hostile case W06 of one tenant: its apps end their workers as fast as they get any, so they want
// all starts that there are.
TEST(TenantShareTest, WhoseWorkersDieAndDieLeavesStartsToOthers) {
  constexpr int kApps = 14;
  Nanod nanod;
  for (int i = 0; i < kApps; i++)
    deployAlone(nanod, "bad", i, kFatal);
  nanod.deploy("calm", {{"index.js", appThatSays("calm")}}, {"--tenant=good"});
  std::atomic<bool> isOver = false;
  std::atomic<int> deaths = 0;
  std::vector<std::thread> bad;
  for (int i = 0; i < kApps; i++) {
    bad.emplace_back([&, i] {
      std::string answer;
      while (!isOver && answer.find("outcome: quarantined") == std::string::npos) {
        RawConnection connection(nanod.port());
        connection.send("POST / HTTP/1.1\r\nHost: " + hostOf("bad", i) +
                        "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        answer = connection.receive();
        deaths++;
      }
    });
  }
  // In the middle of it; what the share itself is worth is StartSharesTest's.
  while (deaths == 0)
    std::this_thread::yield();
  // Its share of what is left of them is at least two at once.
  for (int round = 0; round < 2; round++) {
    EXPECT_EQ(nanod.get("calm.good.localhost").body, "calm") << round;
    const pid_t worker = nanod.workerOf("good");
    EXPECT_NE(worker, 0);
    if (worker == 0) break;
    kill(worker, SIGKILL);
    while (nanod.workerOf("good") == worker) {
    }
  }
  isOver = true;
  for (auto& thread : bad)
    thread.join();
}

}  // namespace
}  // namespace nano::test
