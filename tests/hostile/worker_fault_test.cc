// Workers that are killed or stopped from outside (hostile cases W01-W03, W08, W27).

#include <signal.h>

#include <fstream>
#include <iterator>
#include <set>
#include <thread>

#include <gtest/gtest.h>

#include "tests/hostile/worker_world.h"

namespace nano::test {
namespace {

TEST(WorkerFaultTest, AnIdleWorkerThatIsKilledIsReplaced) {
  WorkerWorld world;
  ASSERT_NO_FATAL_FAILURE(world.deploy("never"));
  for (int i = 0; i < 3; i++) {
    pid_t worker = world.workerOf("never");
    ASSERT_NE(worker, 0);
    ASSERT_EQ(kill(worker, SIGKILL), 0);
    ASSERT_TRUE(eventually([&world, worker] { return world.workerOf("never") != worker; }));
    auto next = world.get("never", "/fine");
    EXPECT_EQ(next.body, "fine") << next.status;
  }
  world.expectUnharmed("never");
}

// W02: half of them wait for an answer that never comes, half have one on the way. No GETs: those
// go to the next worker once.
TEST(WorkerFaultTest, AHundredRequestsInFlightAreAnsweredOnceEach) {
  WorkerWorld world;
  ASSERT_NO_FATAL_FAILURE(world.deploy("never"));
  pid_t worker = world.workerOf("never");
  std::vector<std::unique_ptr<RawConnection>> waiting;
  for (int i = 0; i < 100; i++) {
    waiting.push_back(std::make_unique<RawConnection>(world.nanod().port()));
    waiting.back()->send("POST " + std::string(i % 2 == 0 ? "/act" : "/fine") +
                         " HTTP/1.1\r\nHost: " + WorkerWorld::hostOf("never") +
                         "\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  }
  world.expectNeighbourIsServed(1);  // Behind the others in nanod's loop.
  ASSERT_EQ(kill(worker, SIGKILL), 0);
  for (size_t i = 0; i < waiting.size(); i++) {
    std::string answer = waiting[i]->receive();
    bool own = i % 2 == 1 && answer.starts_with("HTTP/1.1 200") && answer.ends_with("fine");
    bool refused = answer.starts_with("HTTP/1.1 502") || answer.starts_with("HTTP/1.1 503");
    EXPECT_TRUE(own || refused) << i << ": " << answer;
    EXPECT_EQ(answer.find("HTTP/1.1", 8), std::string::npos) << "answered twice: " << answer;
  }
  waiting.clear();
  world.expectUnharmed("never");
}

TEST(WorkerFaultTest, AStoppedWorkerIsKilledAndItsNeighbourIsServedMeanwhile) {
  WorkerWorld world;
  ASSERT_NO_FATAL_FAILURE(world.deploy("never"));
  pid_t worker = world.workerOf("never");
  ASSERT_EQ(kill(worker, SIGSTOP), 0);
  HttpResponse stopped;
  std::thread client([&world, &stopped] { stopped = world.get("never", "/fine"); });
  world.expectNeighbourIsServed(100);
  client.join();
  // A GET goes to the next worker, once.
  EXPECT_EQ(stopped.body, "fine") << stopped.status << stopped.error;
  EXPECT_TRUE(eventually([&world, worker] { return world.workerOf("never") != worker; }));
  world.expectUnharmed("never");
}

TEST(WorkerFaultTest, AWorkerMayHoldFewDescriptorsAndNoCoreOrFile) {
  WorkerWorld world;
  ASSERT_NO_FATAL_FAILURE(world.deploy("never"));
  std::ifstream file("/proc/" + std::to_string(world.workerOf("never")) + "/limits");
  std::string limits((std::istreambuf_iterator<char>(file)), {});
  for (auto& line : {"Max open files            64 ", "Max core file size        0 ",
                     "Max file size             0 "}) {
    EXPECT_NE(limits.find(line), std::string::npos) << limits;
  }
}

}  // namespace
}  // namespace nano::test
