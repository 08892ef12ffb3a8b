#include "worker/request_table.h"

#include <utility>

#include <kj/debug.h>

#include "snapshot/fetch_host.h"

namespace nano {
namespace {

// JavaScript's slots are small integers: -1 stands for none.
constexpr uint32_t kSlotMask = FetchHost::kTwoWayBit - 1;

}  // namespace

RequestContext& RequestTable::add(rpc::FetchCall::Reader call) {
  KJ_REQUIRE(isNewCall(call.getId()), "a call of this id is not answered yet", call.getId());
  while (bySlot_.contains(nextSlot_))
    nextSlot_ = (nextSlot_ + 1) & kSlotMask;
  const uint32_t slot = nextSlot_;
  nextSlot_ = (nextSlot_ + 1) & kSlotMask;
  auto context = std::make_unique<RequestContext>(slot, call, budget_);
  RequestContext& request = *context;
  bySlot_.emplace(slot, std::move(context));
  byCall_.emplace(request.callId, &request);
  return request;
}

RequestContext* RequestTable::find(uint32_t slot) const {
  auto found = bySlot_.find(slot);
  return found == bySlot_.end() ? nullptr : found->second.get();
}

RequestContext* RequestTable::findCall(uint32_t callId) const {
  auto found = byCall_.find(callId);
  return found == byCall_.end() ? nullptr : found->second;
}

void RequestTable::answer(RequestContext& request, Answer answer) {
  request.setAnswer(std::move(answer));
  byCall_.erase(request.callId);
  ready_.push_back(request.slot);
  touch(request);
}

std::vector<Answer> RequestTable::takeAnswers() {
  std::vector<Answer> answers;
  answers.reserve(ready_.size());
  for (uint32_t slot : ready_) {
    RequestContext* request = find(slot);
    if (request == nullptr) continue;
    if (auto answer = request->takeAnswer()) answers.push_back(std::move(*answer));
  }
  ready_.clear();
  return answers;
}

std::vector<uint32_t> RequestTable::unanswered() const {
  std::vector<uint32_t> slots;
  for (const auto& [callId, request] : byCall_)
    slots.push_back(request->slot);
  return slots;
}

std::vector<uint32_t> RequestTable::all() const {
  std::vector<uint32_t> slots;
  for (const auto& [slot, request] : bySlot_)
    slots.push_back(slot);
  return slots;
}

}  // namespace nano
