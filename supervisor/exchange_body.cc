#include "supervisor/exchange_body.h"

#include <algorithm>
#include <cstring>

#include <kj/debug.h>

#include "protocol/limits.h"

namespace nano {

kj::Promise<void> ExchangeBody::read(ReadContext context) {
  context.allowCancellation();
  HttpExchange* exchange = *link_;
  if (exchange == nullptr) {
    return KJ_EXCEPTION(DISCONNECTED, "the request is over");
  }
  KJ_REQUIRE(!reading_, "one read at a time");
  size_t maxBytes = std::clamp<size_t>(context.getParams().getMaxBytes(), 1, kMaxReadBytes);
  reading_ = true;
  return exchange->readBody(maxBytes).then([this, context](kj::Array<kj::byte>&& bytes) mutable {
    reading_ = false;
    auto results =
        context.getResults(capnp::MessageSize{bytes.size() / sizeof(capnp::word) + 8, 0});
    results.setBytes(bytes);
    results.setEnd(bytes.size() == 0);
  });
}

}  // namespace nano
