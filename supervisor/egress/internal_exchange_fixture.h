#pragma once

// For tests: exchanges that the test answers, or an app of the fixture's.

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "supervisor/egress/internal_exchange.h"
#include "supervisor/loaded_app_fixture.h"

namespace nano {

inline OutboundRequest requestTo(const std::string& target, const std::string& method = "GET") {
  OutboundRequest request;
  request.method = method;
  request.destination = {Destination::Scheme::kHttps, "shop.test", 8443, target};
  request.hops = 3;
  return request;
}

inline kj::Array<kj::byte> bytesOf(const std::string& text) {
  return kj::heapArray(reinterpret_cast<const kj::byte*>(text.data()), text.size());
}

// Gives these pieces, then the end.
inline rpc::ByteSource::Client sourceOf(std::vector<std::string> pieces) {
  return makeByteSource([pieces = std::move(pieces), next = size_t{0}](size_t) mutable {
    if (next == pieces.size()) return kj::Promise<ByteChunk>(ByteChunk{nullptr, true});
    return kj::Promise<ByteChunk>(ByteChunk{bytesOf(pieces[next++]), false});
  });
}

// One exchange at a time, answered by the test or by the fixture's app.
class InternalExchangeTest : public LoadedAppTest {
 protected:
  InternalExchangeTest() { version_->limits.set(rpc::Limit::WALL, 30'000); }
  ~InternalExchangeTest() noexcept override { drop(); }

  InternalExchange& ask(OutboundRequest request, RefusalsAre refusals = RefusalsAre::kErrors) {
    drop();
    auto exchange =
        kj::heap<InternalExchange>(loop_.timer(), "shop", refusals, std::move(request), budget_);
    InternalExchange& asked = *exchange;
    outcome_ = InternalExchange::answerOf(kj::mv(exchange));
    return asked;
  }
  void drop() {
    body_ = nullptr;
    outcome_ = nullptr;
  }
  FetchOutcome outcome() { return loop_.run(kj::mv(KJ_ASSERT_NONNULL(outcome_))); }
  FetchedResponse response() {
    auto done = outcome();
    if (auto* error = std::get_if<EgressError>(&done)) ADD_FAILURE() << error->message;
    auto& response = std::get<FetchedResponse>(done);
    if (auto* stream = std::get_if<OutboundRequest::Stream>(&response.body)) {
      body_ = kj::heap<ByteReader>(kj::mv(stream->source));
    }
    return std::move(response);
  }
  EgressError error() { return std::get<EgressError>(outcome()); }
  std::string read(size_t maxBytes = kMaxReadBytes) {
    auto chunk = loop_.run(body_->read(maxBytes));
    return std::string(chunk.bytes.asChars().begin(), chunk.bytes.size()) + (chunk.end ? "|" : "");
  }
  static std::string wholeBody(const FetchedResponse& response) {
    auto& bytes = std::get<kj::Array<kj::byte>>(response.body);
    return {bytes.asChars().begin(), bytes.size()};
  }
  static void respond(InternalExchange& exchange, uint16_t status, const std::string& body,
                      std::vector<HttpField> fields = {}) {
    exchange.respond({.status = status, .statusText = {}, .fields = fields},
                     std::as_bytes(std::span(body)));
  }
  static kj::Promise<void> write(InternalExchange& exchange, const std::string& text) {
    return exchange.write(std::as_bytes(std::span(text)));
  }

  std::shared_ptr<ByteBudget> budget_ = std::make_shared<ByteBudget>(1 << 20);
  kj::Maybe<kj::Promise<FetchOutcome>> outcome_;
  kj::Own<ByteReader> body_;
};

}  // namespace nano
