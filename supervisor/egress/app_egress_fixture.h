#pragma once

// For tests: the fetches and sockets of one app, whose ways out the test answers.

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <capnp/message.h>
#include <gtest/gtest.h>

#include "protocol/byte_source.h"
#include "protocol/event_loop.h"
#include "protocol/limits.h"
#include "supervisor/egress/app_egress.h"
#include "supervisor/egress/app_egress_policy.h"
#include "supervisor/loaded_app_fixture.h"

namespace nano {

// A worker's App that only hears how its fetches ended.
class FetchListener final : public rpc::App::Server {
 public:
  struct Heard {
    uint32_t id = 0;
    rpc::EgressFailure::Kind failure = rpc::EgressFailure::Kind::NONE;
    std::string message{};
    uint16_t status = 0;
    std::string body{};
    rpc::ByteSource::Client stream = nullptr;
  };
  explicit FetchListener(std::vector<Heard>& heard) : heard_(heard) {}

  kj::Promise<void> fetched(FetchedContext context) override {
    for (auto result : context.getParams().getResults()) {
      Heard heard;
      heard.id = result.getId();
      if (result.isFailure()) {
        heard.failure = result.getFailure().getKind();
        heard.message = result.getFailure().getMessage().cStr();
      } else {
        auto response = result.getResponse();
        heard.status = response.getStatus();
        if (response.getBody().isBytes()) {
          auto bytes = response.getBody().getBytes();
          heard.body.assign(bytes.asChars().begin(), bytes.size());
        } else if (response.getBody().isStream()) {
          heard.stream = response.getBody().getStream();
        }
      }
      heard_.push_back(std::move(heard));
    }
    return kj::READY_NOW;
  }

 private:
  std::vector<Heard>& heard_;
};

struct RecordingOwner final : public AppEgress::Owner {
  void killWorker(kj::StringPtr why) override { killed = why.cStr(); }
  void scheduleTurnEnd() override { isScheduled = true; }
  std::string killed;
  bool isScheduled = false;
};

FetchOutcome hello() {
  FetchedResponse response;
  response.status = 200;
  response.body = kj::heapArray<kj::byte>(kj::StringPtr("hello").asBytes());
  return response;
}

class AppEgressTest : public testing::Test {
 protected:
  AppEgressTest() : version_(std::make_shared<AppVersion>()) {
    version_->egress = std::make_shared<AppEgressPolicy>(AppEgressPolicy::Parts());
    egress_ = std::make_unique<AppEgress>(owner_, ways_, counters_, version_, exchanges_);
    client_ = egress_->client();
    ways_.answer = [this](OutboundRequest request) -> kj::Promise<FetchOutcome> {
      requests_.push_back(std::move(request));
      return hello();
    };
  }
  ~AppEgressTest() noexcept override {}  // NOLINT(modernize-use-equals-default)

  // Asks for a fetch of `url` under each id, in one call.
  void start(const std::vector<uint32_t>& ids, kj::StringPtr url = "http://example.com/",
             kj::StringPtr service = "", kj::ArrayPtr<const kj::byte> body = nullptr) {
    auto request = client_.startRequest();
    auto fetches = request.initFetches(static_cast<uint32_t>(ids.size()));
    for (uint32_t i = 0; i < fetches.size(); ++i) {
      fetches[i].setId(ids[i]);
      fetches[i].setService(service);
      fetches[i].initRequest().setMethod(body == nullptr ? "GET" : "POST");
      if (body != nullptr) fetches[i].getRequest().initBody().setBytes(body);
      fetches[i].getRequest().setUrl(url);
      auto headers = fetches[i].getRequest().initHeaders(2);
      headers[0].setName("host");
      headers[0].setValue("other.example");
      headers[1].setName("x-a");
      headers[1].setValue("b");
    }
    loop_.run(request.send().ignoreResult());
    turn();
  }
  void cancel(const std::vector<uint32_t>& ids) {
    auto request = client_.cancelRequest();
    auto list = request.initIds(static_cast<uint32_t>(ids.size()));
    for (uint32_t i = 0; i < list.size(); ++i)
      list.set(i, ids[i]);
    loop_.run(request.send().ignoreResult());
    turn();
  }
  void turn() {
    loop_.runOnce();
    while (owner_.isScheduled) {
      owner_.isScheduled = false;
      egress_->sendResults(app_);
      loop_.runOnce();
    }
  }

  EventLoop loop_;
  RecordingOwner owner_;
  FakeWays ways_;
  Counters counters_;
  std::shared_ptr<AppVersion> version_;
  std::shared_ptr<size_t> exchanges_ = std::make_shared<size_t>(0);
  std::unique_ptr<AppEgress> egress_;
  rpc::Egress::Client client_ = nullptr;
  std::vector<FetchListener::Heard> heard_;
  rpc::App::Client app_ = kj::heap<FetchListener>(heard_);
  std::vector<OutboundRequest> requests_;
};

}  // namespace nano
