#include "supervisor/turn_watch.h"

#include <kj/debug.h>

namespace nano {

TurnWatch::TurnWatch(kj::Timer& timer, Worker worker)
    : timer_(timer),
      worker_(std::move(worker)),
      longTurnAt_(timer.now()),
      fedAt_(timer.now()),
      tasks_(*this) {
  watch();
  setGivesWay(true);
}

void TurnWatch::expectLongTurns() {
  longTurnAt_ = timer_.now();
  if (!givesWay_) setGivesWay(true);
  noteWork();
}

void TurnWatch::end() {
  hasEnded_ = true;
  watching_ = true;  // as far as noteWork() is concerned
  if (givesWay_) setGivesWay(false);
}

void TurnWatch::watch() {
  watching_ = true;
  cpuAtLook_ = worker_.cpuTime();
  lookLater();
}

void TurnWatch::lookLater() {
  tasks_.add(timer_.afterDelay(kTurnLook).then([this] { look(); }));
}

void TurnWatch::look() {
  if (hasEnded_) return;
  kj::Duration cpu = worker_.cpuTime();
  bool rests = cpu - cpuAtLook_ < kTurnLook / 2;
  cpuAtLook_ = cpu;
  if (pinged_) {
    lookAtTurn(cpu);
  } else if (!rests) {
    sendPing();
  } else if (timer_.now() - longTurnAt_ > kGivesWayFor) {
    if (givesWay_) setGivesWay(false);
    watching_ = false;
    return;
  }
  lookLater();
}

void TurnWatch::sendPing() {
  pinged_ = true;
  cpuAtPing_ = cpuWhenFed_ = cpuAtLook_;
  fedAt_ = timer_.now();
  // One that has ended does not answer, and needs no look any more.
  tasks_.add(worker_.ping().then([this] { pinged_ = false; }, [](kj::Exception&&) {}));
}

void TurnWatch::lookAtTurn(kj::Duration cpu) {
  auto now = timer_.now();
  if (cpu - cpuAtPing_ >= kLongTurn) longTurnAt_ = now;
  if (cpu - cpuWhenFed_ >= kLongTurn) {
    fedAt_ = now;
    cpuWhenFed_ = cpu;
    if (!givesWay_) setGivesWay(true);
  } else if (givesWay_ && now - fedAt_ > kStarvedAfter) {
    setGivesWay(false);
    fedAt_ = now;
    cpuWhenFed_ = cpu;
  }
}

void TurnWatch::setGivesWay(bool givesWay) {
  givesWay_ = givesWay;
  worker_.letOthersGoFirst(givesWay);
}

void TurnWatch::taskFailed(kj::Exception&& error) { KJ_LOG(ERROR, error); }

}  // namespace nano
