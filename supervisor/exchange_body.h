#pragma once

#include <memory>

#include "protocol/worker.capnp.h"
#include "supervisor/http_exchange.h"

namespace nano {

// A large request body, read by the worker piece by piece. The worker may hold the capability for
// as long as it likes: once the exchange is over, reading fails.
class ExchangeBody final : public rpc::ByteSource::Server {
 public:
  // Where the exchange is; set to null when it is over.
  using Link = std::shared_ptr<HttpExchange*>;

  explicit ExchangeBody(Link link) : link_(std::move(link)) {}

  kj::Promise<void> read(ReadContext context) override;

 private:
  Link link_;
  bool reading_ = false;
};

}  // namespace nano
