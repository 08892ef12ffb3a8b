#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <v8.h>

#include "snapshot/buffer_budget.h"
#include "snapshot/fetch_host.h"
#include "worker/egress_calls.h"
#include "worker/outgoing_body.h"
#include "worker/request_context.h"

namespace nano {

class IoBridge;

// The fetches of one isolate: IoBridge's part for them. Each belongs to the request that it was
// begun for, and ends with it.
class OutboundFetches final : public FetchHost, private EgressCalls::Listener {
 public:
  // All outlive this. `producer` gives the chunks of a request's body.
  OutboundFetches(IoBridge& bridge, OutgoingBody::Producer& producer,
                  std::shared_ptr<BufferBudget> budget, EgressCalls& egress);
  ~OutboundFetches() noexcept(false);
  OutboundFetches(const OutboundFetches&) = delete;
  OutboundFetches& operator=(const OutboundFetches&) = delete;

  static bool isFetch(uint32_t number) { return (number & kFetchBit) != 0; }

  // Of a fetch's number; null where its request is over, or has no such body.
  RequestContext* requestOf(uint32_t number) const;
  IncomingBody* responseBody(uint32_t number) const;
  OutgoingBody* requestBody(uint32_t number) const;
  // The request's body has ended, however.
  void requestBodyDone(uint32_t number);

  // Gives up all that a request has begun; from within anything of it.
  void abortAll(RequestContext& request);
  // And forgets it: the request is about to go. The numbers of bodies that JavaScript was making.
  std::vector<uint32_t> forget(RequestContext& request);

  std::variant<uint32_t, Refusal> startFetch(const Outbound& fetch,
                                             v8::Local<v8::Function> done) override;
  void abortFetch(uint32_t number) override;
  bool openTwoWay(uint32_t number) override;

 private:
  using Fetch = RequestContext::Fetch;
  using Body = std::variant<BodyContent, Refusal>;

  void fetched(rpc::FetchResult::Reader result) override;

  // Of a fetch's number, or one beside it.
  Fetch* find(uint32_t number) const;
  std::optional<Refusal> check(RequestContext& request, const Outbound& fetch);
  Body takeBody(const Outbound& fetch, Fetch& state, BufferShare& share);
  void begin(RequestContext& request, Fetch& state, EgressCalls::Fetch message);
  // Makes the incoming body of a response, where it has one that JavaScript does not get at once.
  // False where there is no memory.
  bool receiveBody(Fetch& state, rpc::Response::Reader response);
  // The arguments of `done`; false where there is no memory.
  bool describe(Fetch& state, rpc::Response::Reader response,
                v8::LocalVector<v8::Value>& arguments);
  void tell(RequestContext& request, v8::Global<v8::Function> done, Fetch& state,
            rpc::FetchResult::Reader result);
  void abort(RequestContext& request, Fetch& state);

  IoBridge& bridge_;
  OutgoingBody::Producer& producer_;
  const std::shared_ptr<BufferBudget> budget_;
  EgressCalls& egress_;
  // The slot of each fetch's request, by the fetch's id.
  std::unordered_map<uint32_t, uint32_t> slots_;
};

}  // namespace nano
