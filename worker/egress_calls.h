#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <kj/async.h>

#include "protocol/worker.capnp.h"
#include "snapshot/buffer_budget.h"
#include "worker/message_parts.h"

namespace nano {

// The calls of one app to its Egress: what begins and what is given up in a turn leaves at the end
// of it, and each answer finds who waits for it. Outlives the app's isolates, so that an id of one
// that was thrown away is not used again before it is answered.
class EgressCalls final {
 public:
  // One fetch before it is a message.
  struct Fetch {
    uint32_t id = 0;
    std::string method;
    std::string url;
    std::string service;
    // As FetchHost::Outbound has them.
    std::string rpcMethod;
    std::string headers;
    BodyContent body;
    uint8_t hops = 0;
    // What the budget gave for all this.
    BufferShare share;

    // Once: a stream is given away.
    void write(rpc::OutboundFetch::Builder message);
    // About how much of a message it takes.
    size_t messageBytes() const;
  };

  // Who has begun fetches.
  class Listener {
   public:
    // How one ended. `result` lives for the call.
    virtual void fetched(rpc::FetchResult::Reader result) = 0;

   protected:
    ~Listener() noexcept(false) = default;
  };

  explicit EgressCalls(rpc::Egress::Client egress) : egress_(kj::mv(egress)), tasks_(ignored_) {}
  EgressCalls(const EgressCalls&) = delete;
  EgressCalls& operator=(const EgressCalls&) = delete;

  // For calls that are answered one by one.
  rpc::Egress::Client& client() { return egress_; }
  // Of no fetch that is not answered yet; below 2^31.
  uint32_t newId();
  // Goes out at the end of this turn, or once fewer than kMaxFetchesInFlight are unanswered.
  void start(Fetch fetch, Listener& listener);
  // The listener hears nothing of it any more.
  void cancel(uint32_t id);

  void receive(capnp::List<rpc::FetchResult>::Reader results);
  // At the end of a turn.
  void flush();

 private:
  struct Ignored final : kj::TaskSet::ErrorHandler {
    void taskFailed(kj::Exception&&) override {}
  };

  size_t nextBatch() const;
  void send(size_t count);
  void receive(rpc::FetchResult::Reader result);
  void fail(const std::vector<uint32_t>& ids);

  rpc::Egress::Client egress_;
  uint32_t lastId_ = 0;
  struct Queued {
    Fetch fetch;
    Listener* listener;
  };
  std::deque<Queued> queue_;
  // By id, those that are not answered; null where nobody wants to know.
  std::unordered_map<uint32_t, Listener*> sent_;
  std::vector<uint32_t> canceled_;
  Ignored ignored_;
  kj::TaskSet tasks_;
};

}  // namespace nano
