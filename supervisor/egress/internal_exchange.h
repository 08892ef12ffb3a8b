#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <kj/async.h>
#include <kj/timer.h>

#include "protocol/byte_source.h"
#include "supervisor/egress/byte_budget.h"
#include "supervisor/egress/outbound.h"
#include "supervisor/egress/pulled_body.h"
#include "supervisor/http_exchange.h"

namespace nano {

// What becomes of an answer that is nanod's own, given in the app's place.
enum class RefusalsAre : uint8_t {
  kErrors,     // The fetch fails, and says why.
  kResponses,  // The page that a client gets.
};

// One app's request to another app of this server: to whoever answers an exchange like any
// client's, to who asked a FetchOutcome. No socket and no bytes of HTTP are between them; what they
// would stop is stopped here. Bodies are pulled in both directions.
class InternalExchange final : public HttpExchange {
 public:
  // Why this request cannot be made: a client would be refused it, too, or there is no room for it.
  static std::optional<EgressError> problem(const OutboundRequest& request,
                                            const ByteBudget& budget);

  // `app` is who answers, for messages. `request` has no problem. `timer` outlives the exchange;
  // what is kept of request and answer is taken from `budget`.
  InternalExchange(kj::Timer& timer, std::string app, RefusalsAre refusals, OutboundRequest request,
                   std::shared_ptr<ByteBudget> budget);
  // Whoever was to answer is told that nobody waits any more.
  ~InternalExchange() noexcept(false);
  KJ_DISALLOW_COPY(InternalExchange);

  // Done when the answer's head is there. Takes the exchange over: it lives until the promise is
  // dropped, or else the answer's body. Never rejects. Once, before the request is handed on.
  static kj::Promise<FetchOutcome> answerOf(kj::Own<InternalExchange> exchange);

  const RequestHead& head() const override { return head_; }
  BodyKind bodyKind() const override;
  std::span<const std::byte> wholeBody() const override;
  std::optional<uint64_t> bodyLength() const override;
  kj::Promise<kj::Array<kj::byte>> readBody(size_t maxBytes) override;

  void respond(const ResponseHead& head, std::span<const std::byte> body) override;
  void offerUpstream(AnswerUpstream& upstream) override;
  void start(const ResponseHead& head, std::optional<uint64_t> length) override;
  kj::Promise<void> write(std::span<const std::byte> bytes) override;
  void end() override;
  void abort() override;

 private:
  void makeHead();
  kj::Promise<kj::Array<kj::byte>> received(const ByteChunk& chunk);
  bool refuse(const ResponseHead& head);
  std::string whyRefused(const Refusal& refusal) const;
  void respondWhole(const ResponseHead& head, std::span<const std::byte> body);
  FetchedResponse begin(const ResponseHead& head, std::optional<uint64_t> length);
  void breakOff(const char* why);
  void abandon();

  kj::Timer& timer_;
  const std::string app_;
  const RefusalsAre refusals_;
  OutboundRequest request_;
  std::shared_ptr<ByteBudget> budget_;
  const size_t requestMemory_;
  std::string authority_;
  std::string lengthText_;
  std::vector<HttpField> fields_;
  RequestHead head_;

  kj::Maybe<ByteReader> requestBody_;
  uint64_t received_ = 0;
  bool requestEnded_ = false;
  kj::Canceler reads_;

  kj::Own<kj::PromiseFulfiller<FetchOutcome>> outcome_;
  enum class State : uint8_t { kWaiting, kAnswering, kDone } state_ = State::kWaiting;
  bool bodiless_ = false;  // Whatever comes as body of the answer is dropped.
  bool streams_ = false;   // The answer's body is pulled; else all of it is in the outcome.
  std::optional<uint64_t> length_;
  kj::Maybe<rpc::Upstream::Client> upstream_;
  uint64_t written_ = 0;
  PulledBody body_;
};

}  // namespace nano
