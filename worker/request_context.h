#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <unordered_map>

#include <capnp/message.h>
#include <kj/async.h>
#include <v8.h>

#include "protocol/worker.capnp.h"
#include "worker/answer.h"
#include "worker/incoming_body.h"
#include "worker/log_buffer.h"
#include "worker/outbound_turns.h"
#include "worker/outgoing_body.h"

namespace nano {

// All that one request holds: freed at once when the request is over.
//
// A request is over when it is answered, its response body has ended, and nothing that was handed
// to ctx.waitUntil is pending. RequestTable owns it; JavaScript knows only its slot.
class RequestContext final {
 public:
  // `call` is borrowed from its message until detach(). `budget` is that of its isolate.
  RequestContext(uint32_t slot, rpc::FetchCall::Reader call,
                 const std::shared_ptr<BufferBudget>& budget);
  RequestContext(const RequestContext&) = delete;
  RequestContext& operator=(const RequestContext&) = delete;

  const uint32_t slot;
  const uint32_t callId;
  // How many apps of this server it has passed.
  const uint8_t hops;
  // In all its turns.
  std::chrono::nanoseconds cpuUsed{0};
  LogBudget log;

  rpc::Request::Reader request() const { return call_.getRequest(); }
  // Whether it is no request but an event for scheduled(). Read before detach().
  bool isScheduled() const { return call_.hasScheduled(); }
  rpc::ScheduledEvent::Reader scheduled() const { return call_.getScheduled(); }
  std::string_view requestId() const {
    const auto id = call_.getRequestId();
    return {id.begin(), id.size()};
  }
  // Copies what the message of the batch lends: it is gone once the batch returns.
  void detach();
  bool isDetached() const { return copy_ != nullptr; }

  // Null where the body is not a stream.
  IncomingBody* body() { return body_.get(); }
  // What comes after the arguments of a call that is answered in two ways; else null.
  std::unique_ptr<IncomingBody> fromCaller;

  // At most once.
  void setAnswer(Answer answer);
  bool isAnswered() const { return answered_; }
  // The answer, with the CPU time used until now; at most once.
  std::optional<Answer> takeAnswer();

  kj::Maybe<kj::Own<OutgoingBody>> responseBody;
  uint32_t waitUntilCount = 0;
  // Runs once only waitUntil keeps this alive.
  kj::Maybe<kj::Promise<void>> waitUntilDeadline;

  // What it begins outside.
  OutboundTurns outbound;
  // One fetch, until the request is over: JavaScript may read its body at any time.
  struct Fetch {
    uint32_t id = 0;
    // Until it is answered.
    v8::Global<v8::Function> done;
    std::unique_ptr<OutboundTurns::Turn> turn;
    // While JavaScript makes it; until it is done, the request is kept as by waitUntil.
    kj::Maybe<kj::Own<OutgoingBody>> requestBody;
    bool keepsRequest = false;
    // Where it is not handed to JavaScript at once.
    std::unique_ptr<IncomingBody> responseBody;
    // Of a call that is answered in two ways, until JavaScript says something; then that.
    kj::Maybe<rpc::Upstream::Client> upstream;
    kj::Maybe<kj::Own<OutgoingBody>> toAnswerer;
  };
  std::unordered_map<uint32_t, std::unique_ptr<Fetch>> fetches;

  bool isStreaming() const;
  bool isOver() const { return answered_ && !answer_ && !isStreaming() && waitUntilCount == 0; }

 private:
  rpc::FetchCall::Reader call_;
  std::unique_ptr<capnp::MallocMessageBuilder> copy_;
  std::unique_ptr<IncomingBody> body_;
  bool answered_ = false;
  std::optional<Answer> answer_;
};

}  // namespace nano
