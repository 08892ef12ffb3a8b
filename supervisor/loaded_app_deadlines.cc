// LoadedApp: what takes too long.

#include <kj/debug.h>

#include "protocol/limits.h"
#include "supervisor/loaded_app.h"
#include "supervisor/outcome_reply.h"

namespace nano {

void LoadedApp::armDeadline() {
  if (waiting_.oldest() == nullptr) return;
  deadlineArmed_ = true;
  tasks_.add(loop_.timer().atTime(waiting_.oldest()->deadline).then([this]() {
    deadlineArmed_ = false;
    expireDue();
    if (!deadlineArmed_) armDeadline();
  }));
}

void LoadedApp::expireDue() {
  auto now = loop_.timer().now();
  uint64_t limit = version_->limits.get(rpc::Limit::WALL);
  while (waiting_.oldest() != nullptr && waiting_.oldest()->deadline <= now) {
    AppCall& call = *waiting_.oldest();
    uint64_t late = (now - call.deadline) / kj::MILLISECONDS;
    Refusal refusal{rpc::Outcome::EXCEEDED_WALL_TIME, {rpc::Limit::WALL, limit, limit + late}};
    logRefusal(call.admission, refusal, call.requestId);
    answerWith(call, refusal);
    if (call.queued) {
      release(call);
      continue;
    }
    if (!call.sent) continue;  // endTurn() or failed() releases it.
    cancels_.push_back(call.id);
    scheduleTurnEnd();
    uint32_t id = call.id;
    auto requestId = call.requestId;
    tasks_.add(loop_.timer()
                   .afterDelay(kHeartbeatGrace.count() * kj::MILLISECONDS)
                   .then([this, id, requestId]() { checkStuck(id, requestId); }));
  }
}

// A worker that does not even answer a request it was told to drop is of no use any more.
void LoadedApp::checkStuck(uint32_t id, RequestIds::Text requestId) {
  if (calls_[id]->active && calls_[id]->requestId == requestId) {
    owner_.killWorker(*this, "it did not let go of a request whose time was up");
  }
}

void LoadedApp::armQueueDeadline() {
  if (queue_.empty()) return;
  queueDeadlineArmed_ = true;
  tasks_.add(loop_.timer().atTime(queue_.front().deadline).then([this]() {
    queueDeadlineArmed_ = false;
    expireQueued();
    if (!queueDeadlineArmed_) armQueueDeadline();
  }));
}

void LoadedApp::expireQueued() {
  auto now = loop_.timer().now();
  uint64_t limit = version_->limits.get(rpc::Limit::QUEUE_TIME);
  while (!queue_.empty() && (!queue_.front().isIn() || queue_.front().deadline <= now)) {
    Queued late = queue_.front();
    queue_.pop_front();
    if (!late.isIn()) continue;
    uint64_t over = (now - late.deadline) / kj::MILLISECONDS;
    Refusal refusal{rpc::Outcome::LOAD_SHED, {rpc::Limit::QUEUE_TIME, limit, limit + over}};
    logRefusal(late.call->admission, refusal, late.call->requestId);
    answerWith(*late.call, refusal);
    release(*late.call);
  }
}

}  // namespace nano
