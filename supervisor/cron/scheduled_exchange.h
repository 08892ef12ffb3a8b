#pragma once

#include <kj/async.h>

#include "supervisor/cron/scheduled_event.h"
#include "supervisor/http_exchange.h"

namespace nano {

// A scheduled event on its way through admission into its app, like any request: with all limits
// of one. Nobody sends it and nobody is sent an answer; what is left of it is how it ended.
class ScheduledExchange final : public HttpExchange {
 public:
  explicit ScheduledExchange(ScheduledEvent event);
  // Whoever was to answer is told that nobody waits any more.
  ~ScheduledExchange() noexcept(false);
  KJ_DISALLOW_COPY(ScheduledExchange);

  // Takes the exchange over: it lives until the promise is dropped. Once, before it is handed on.
  static kj::Promise<ScheduledResult> resultOf(kj::Own<ScheduledExchange> exchange);

  const RequestHead& head() const override { return head_; }
  BodyKind bodyKind() const override { return BodyKind::kNone; }
  std::span<const std::byte> wholeBody() const override { return {}; }
  std::optional<uint64_t> bodyLength() const override { return std::nullopt; }
  kj::Promise<kj::Array<kj::byte>> readBody(size_t maxBytes) override;

  void respond(const ResponseHead& head, std::span<const std::byte> body) override;
  // No honest worker streams anything here: that is a failure, and the event is over.
  void start(const ResponseHead& head, std::optional<uint64_t> length) override;
  kj::Promise<void> write(std::span<const std::byte> bytes) override;
  void end() override {}
  void abort() override;

 private:
  void finish(rpc::Outcome outcome, std::string refusal = {});

  const ScheduledEvent event_;
  RequestHead head_;
  kj::Own<kj::PromiseFulfiller<ScheduledResult>> result_;
};

}  // namespace nano
