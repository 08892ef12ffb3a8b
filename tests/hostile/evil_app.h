#pragma once

#include <string>
#include <utility>

#include "protocol/worker.capnp.h"

namespace nano::test {

// An app that answers "/fine" as it should, and any other path with its act.
class EvilApp final : public rpc::App::Server {
 public:
  EvilApp(std::string act, rpc::AppHost::Client host) : act_(std::move(act)), host_(kj::mv(host)) {}

 protected:
  kj::Promise<void> fetchBatch(FetchBatchContext context) override;
  // Ignored: a call that is given up stays open.
  kj::Promise<void> cancel(CancelContext) override { return kj::READY_NOW; }

 private:
  kj::Promise<void> perform(FetchBatchContext& context, uint32_t id);
  // Acts that call the supervisor. Nothing: it is none of them.
  kj::Maybe<kj::Promise<void>> callHost(FetchBatchContext& context, uint32_t id);
  kj::Promise<void> answerLate(uint32_t id, kj::StringPtr body);
  kj::Promise<void> flood(uint32_t left);
  kj::Promise<void> floodLog(uint32_t left);

  std::string act_;
  rpc::AppHost::Client host_;
};

}  // namespace nano::test
