#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "protocol/http.capnp.h"

// Parts of a response or of a fetch before they are a message: a list in a message must be made in
// its final size, and what goes into it comes one by one.
namespace nano {

// Headers as built-ins hand them over: name \0 value \0 name \0 value \0 ..., Latin-1 bytes, names
// in lower case (Host::ResponseHead; a fetch's may not be). How many fields there are.
size_t countFlatHeaders(std::string_view headers);
// `list` has room for exactly these.
void writeFlatHeaders(std::string_view headers, capnp::List<rpc::Header>::Builder list);
// Latin-1 bytes go as they are: a Text is bytes to capnp. `builder` has the length of `text`.
void setText(capnp::Text::Builder builder, std::string_view text);

struct BodyStream {
  rpc::ByteSource::Client source;
  // -1 where it is not known.
  int64_t length = -1;
  kj::Maybe<rpc::Upstream::Client> upstream = nullptr;
};
using BodyContent = std::variant<std::monostate, std::string, BodyStream>;

// Once: a stream is given away. Not for a body that is none.
void writeBody(BodyContent& content, rpc::Body::Builder message);
// What of it travels inside its message.
size_t inlineBytes(const BodyContent& content);

}  // namespace nano
