#pragma once

#include <functional>

#include <kj/async.h>
#include <kj/timer.h>

namespace nano {

// A turn of a worker's loop that has used so much CPU time is a long one. Ours: fifty times what a
// small request takes, a tenth of the default CPU limit.
inline constexpr kj::Duration kLongTurn = 5 * kj::MILLISECONDS;
// How often a worker is looked at that has work.
inline constexpr kj::Duration kTurnLook = 5 * kj::MILLISECONDS;
// How long after its last long turn, or its start, a worker still gives way.
inline constexpr kj::Duration kGivesWayFor = 1 * kj::SECONDS;
// One that gives way and gets nearly nothing for so long has kLongTurn of CPU time as others do, so
// that it never gets less than a tenth or so of a CPU.
inline constexpr kj::Duration kStarvedAfter = 40 * kj::MILLISECONDS;

// Makes a worker that computes for long give way to those that answer quickly: Linux lets whoever
// computes go on for some milliseconds after a thread that waited for a message could run, which is
// many times what the request of that message takes (bench/neighbour.sh). Costs nothing where CPUs
// are free. A worker without work is not looked at.
//
// Starts with a worker that is starting, which is long work too.
class TurnWatch final : private kj::TaskSet::ErrorHandler {
 public:
  struct Worker {
    std::function<kj::Duration()> cpuTime;    // of all its threads so far
    std::function<kj::Promise<void>()> ping;  // Answered between two turns of its loop.
    std::function<void(bool)> letOthersGoFirst;
  };

  TurnWatch(kj::Timer& timer, Worker worker);
  KJ_DISALLOW_COPY(TurnWatch);

  // It has been sent something to do. Nearly free.
  void noteWork() {
    if (!watching_) watch();
  }
  // As after a long turn.
  void expectLongTurns();
  // The process has ended. What is left of it has its full share, to be gone soon.
  void end();

 private:
  void watch();
  void lookLater();
  void look();
  void sendPing();
  void lookAtTurn(kj::Duration cpu);
  void setGivesWay(bool givesWay);
  void taskFailed(kj::Exception&& error) override;

  kj::Timer& timer_;
  Worker worker_;
  bool hasEnded_ = false;
  bool watching_ = false;
  bool givesWay_ = false;
  bool pinged_ = false;  // and not answered
  kj::Duration cpuAtLook_ = 0 * kj::SECONDS;
  kj::Duration cpuAtPing_ = 0 * kj::SECONDS;
  kj::TimePoint longTurnAt_;
  // When it last had kLongTurn of CPU time, or was let go first; and what it had used then.
  kj::TimePoint fedAt_;
  kj::Duration cpuWhenFed_ = 0 * kj::SECONDS;
  kj::TaskSet tasks_;
};

}  // namespace nano
