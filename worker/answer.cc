#include "worker/answer.h"

#include <algorithm>

namespace nano {
namespace {

// A struct of the schema, its pointers and their padding.
constexpr size_t kFrameBytes = 128;

}  // namespace

size_t Answer::messageBytes() const {
  return kFrameBytes + headers.size() * 2 + statusText.size() + inlineBytes(body);
}

void Answer::write(rpc::FetchAnswer::Builder message) {
  message.setId(callId);
  message.setOutcome(outcome);
  const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(cpu).count();
  message.setCpuMicros(static_cast<uint32_t>(std::clamp<int64_t>(micros, 0, UINT32_MAX)));
  if (breach) nano::write(breach, message.initBreach());
  if (outcome != rpc::Outcome::OK) return;
  rpc::Response::Builder response = message.initResponse();
  response.setStatus(status);
  if (!statusText.empty()) {
    setText(response.initStatusText(static_cast<uint32_t>(statusText.size())), statusText);
  }
  const auto count = static_cast<uint32_t>(countFlatHeaders(headers));
  if (count > 0) writeFlatHeaders(headers, response.initHeaders(count));
  if (!std::holds_alternative<std::monostate>(body)) writeBody(body, response.initBody());
}

}  // namespace nano
