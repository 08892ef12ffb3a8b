#include "worker/answer.h"

#include <algorithm>
#include <cstring>
#include <string_view>

namespace nano {
namespace {

// A struct of the schema, its pointers and their padding.
constexpr size_t kFrameBytes = 128;

// Takes the next NUL-terminated piece off `text`.
std::string_view takePiece(std::string_view& text) {
  const size_t end = text.find('\0');
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return piece;
}

// Latin-1 bytes go as they are: a Text is bytes to capnp.
void setText(capnp::Text::Builder builder, std::string_view text) {
  if (!text.empty()) memcpy(builder.begin(), text.data(), text.size());
}

void writeHeaders(rpc::Response::Builder response, std::string_view headers) {
  const auto count = static_cast<uint32_t>(countFlatHeaders(headers));
  if (count == 0) return;
  auto list = response.initHeaders(count);
  for (uint32_t i = 0; i < count; ++i) {
    const std::string_view name = takePiece(headers);
    const std::string_view value = takePiece(headers);
    setText(list[i].initName(static_cast<uint32_t>(name.size())), name);
    setText(list[i].initValue(static_cast<uint32_t>(value.size())), value);
  }
}

void writeBody(rpc::Body::Builder message, Answer& answer) {
  if (const auto* bytes = std::get_if<std::string>(&answer.body)) {
    auto data = message.initBytes(static_cast<uint32_t>(bytes->size()));
    if (!bytes->empty()) memcpy(data.begin(), bytes->data(), bytes->size());
  } else if (auto* stream = std::get_if<Answer::Stream>(&answer.body)) {
    message.setStream(kj::mv(stream->source));
    message.setLength(stream->length);
  }
}

}  // namespace

size_t countFlatHeaders(std::string_view headers) {
  return static_cast<size_t>(std::count(headers.begin(), headers.end(), '\0')) / 2;
}

size_t Answer::messageBytes() const {
  const auto* bytes = std::get_if<std::string>(&body);
  return kFrameBytes + headers.size() * 2 + statusText.size() +
         (bytes == nullptr ? 0 : bytes->size());
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
  writeHeaders(response, headers);
  if (!std::holds_alternative<std::monostate>(body)) writeBody(response.initBody(), *this);
}

}  // namespace nano
