#include "worker/message_parts.h"

#include <algorithm>
#include <cstring>

namespace nano {
namespace {

// Takes the next NUL-terminated piece off `text`.
std::string_view takePiece(std::string_view& text) {
  const size_t end = text.find('\0');
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return piece;
}

}  // namespace

size_t countFlatHeaders(std::string_view headers) {
  return static_cast<size_t>(std::count(headers.begin(), headers.end(), '\0')) / 2;
}

void writeFlatHeaders(std::string_view headers, capnp::List<rpc::Header>::Builder list) {
  for (rpc::Header::Builder header : list) {
    const std::string_view name = takePiece(headers);
    const std::string_view value = takePiece(headers);
    setText(header.initName(static_cast<uint32_t>(name.size())), name);
    setText(header.initValue(static_cast<uint32_t>(value.size())), value);
  }
}

void setText(capnp::Text::Builder builder, std::string_view text) {
  if (!text.empty()) memcpy(builder.begin(), text.data(), text.size());
}

void writeBody(BodyContent& content, rpc::Body::Builder message) {
  if (const auto* bytes = std::get_if<std::string>(&content)) {
    auto data = message.initBytes(static_cast<uint32_t>(bytes->size()));
    if (!bytes->empty()) memcpy(data.begin(), bytes->data(), bytes->size());
  } else if (auto* stream = std::get_if<BodyStream>(&content)) {
    message.setStream(kj::mv(stream->source));
    message.setLength(stream->length);
    KJ_IF_MAYBE(upstream, stream->upstream) {
      message.setUpstream(kj::mv(*upstream));
    }
  }
}

size_t inlineBytes(const BodyContent& content) {
  const auto* bytes = std::get_if<std::string>(&content);
  return bytes == nullptr ? 0 : bytes->size();
}

}  // namespace nano
