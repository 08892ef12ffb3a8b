#pragma once

#include <cstdint>
#include <memory>
#include <unordered_map>
#include <utility>
#include <vector>

#include "worker/request_context.h"

namespace nano {

// The requests of one isolate, by the slot that JavaScript knows them by and by the supervisor's
// id.
//
// Slots count up, so one that JavaScript held on to finds nothing, rather than somebody else's
// request. (They come round after 2^30 requests, hours of the fastest load; one in use is skipped.)
class RequestTable final {
 public:
  // What bodies of requests are kept on.
  explicit RequestTable(std::shared_ptr<BufferBudget> budget) : budget_(std::move(budget)) {}
  RequestTable(const RequestTable&) = delete;
  RequestTable& operator=(const RequestTable&) = delete;

  // False when a call of this id is not answered yet: it must not be added again.
  bool isNewCall(uint32_t callId) const { return !byCall_.contains(callId); }
  RequestContext& add(rpc::FetchCall::Reader call);

  // Null where the request is over.
  RequestContext* find(uint32_t slot) const;
  // Null where it is answered.
  RequestContext* findCall(uint32_t callId) const;

  void answer(RequestContext& request, Answer answer);
  // Each answer once, in the order they were given.
  std::vector<Answer> takeAnswers();

  // Something changed that may have ended the request.
  void touch(const RequestContext& request) { touched_.push_back(request.slot); }
  // Frees requests that are over; `onOver(slot)` first, `onWaiting(request)` for one that only
  // waitUntil keeps. Not from within a request's own promise.
  template <typename OnOver, typename OnWaiting>
  void sweep(OnOver onOver, OnWaiting onWaiting);

  // Of those not answered yet, the slots.
  std::vector<uint32_t> unanswered() const;
  std::vector<uint32_t> all() const;
  size_t size() const { return bySlot_.size(); }
  size_t unansweredCount() const { return byCall_.size(); }

 private:
  const std::shared_ptr<BufferBudget> budget_;
  uint32_t nextSlot_ = 0;
  std::unordered_map<uint32_t, std::unique_ptr<RequestContext>> bySlot_;
  std::unordered_map<uint32_t, RequestContext*> byCall_;
  std::vector<uint32_t> ready_;
  std::vector<uint32_t> touched_;
};

template <typename OnOver, typename OnWaiting>
void RequestTable::sweep(OnOver onOver, OnWaiting onWaiting) {
  std::vector<uint32_t> touched;
  touched.swap(touched_);
  for (uint32_t slot : touched) {
    auto found = bySlot_.find(slot);
    if (found == bySlot_.end()) continue;
    RequestContext& request = *found->second;
    if (request.isOver()) {
      onOver(slot);
      bySlot_.erase(found);
    } else if (request.isAnswered() && !request.isStreaming()) {
      onWaiting(request);
    }
  }
}

}  // namespace nano
