#include "protocol/link_census.h"

#include <algorithm>

#include "protocol/limits.h"

namespace nano {

namespace wire = capnp::rpc;

namespace {

// A call's parameters below this are bounded well enough by the number of calls.
constexpr size_t kLargeCallWords = 4 * kKiB / sizeof(capnp::word);

}  // namespace

uint64_t LinkCensus::openCalls() const { return calls_ - std::min(returns_, finishes_); }

void LinkCensus::addCall(wire::Call::Reader call, size_t words) {
  ++calls_;
  if (words > kLargeCallWords && largeCalls_.emplace(call.getQuestionId(), words).second) {
    largeCallWords_ += words;
  }
  addImports(call.getParams());
}

void LinkCensus::addImport(wire::CapDescriptor::Reader capability) {
  switch (capability.which()) {
    case wire::CapDescriptor::SENDER_HOSTED:
    case wire::CapDescriptor::SENDER_PROMISE:
    case wire::CapDescriptor::THIRD_PARTY_HOSTED:
      ++imports_;
      break;
    default:
      break;
  }
}

void LinkCensus::addImports(wire::Payload::Reader payload) {
  for (auto capability : payload.getCapTable())
    addImport(capability);
}

std::optional<std::string_view> LinkCensus::received(wire::Message::Reader message, size_t words) {
  switch (message.which()) {
    case wire::Message::BOOTSTRAP:
      ++calls_;
      break;
    case wire::Message::CALL:
      addCall(message.getCall(), words);
      break;
    case wire::Message::FINISH:
      ++finishes_;
      break;
    case wire::Message::RETURN: {
      auto answer = message.getReturn();
      bool dropped = !abandoned_.empty() && abandoned_.erase(answer.getAnswerId()) > 0;
      if (answer.isResults() && !dropped) addImports(answer.getResults());
      break;
    }
    case wire::Message::RESOLVE: {
      auto resolve = message.getResolve();
      if (resolve.isCap()) addImport(resolve.getCap());
      break;
    }
    default:
      break;
  }
  if (openCalls() > limits_.openCalls) return "too many open calls";
  if (largeCallWords_ > limits_.openCallWords) return "too much data in open calls";
  if (imports_ > limits_.imports) return "too many capabilities that are not released";
  return std::nullopt;
}

void LinkCensus::sent(wire::Message::Reader message) {
  switch (message.which()) {
    case wire::Message::RETURN: {
      ++returns_;
      auto large = largeCalls_.find(message.getReturn().getAnswerId());
      if (large != largeCalls_.end()) {
        largeCallWords_ -= large->second;
        largeCalls_.erase(large);
      }
      break;
    }
    case wire::Message::FINISH: {
      auto finish = message.getFinish();
      // The RPC system sets this on a question that still waits for its answer.
      if (finish.getReleaseResultCaps()) abandoned_.insert(finish.getQuestionId());
      break;
    }
    case wire::Message::RELEASE: {
      uint64_t count = message.getRelease().getReferenceCount();
      imports_ -= std::min(imports_, count);
      break;
    }
    default:
      break;
  }
}

}  // namespace nano
