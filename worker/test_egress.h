#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <kj/debug.h>

#include "protocol/worker.capnp.h"

// The way out of a test's app: what the worker asks of it, and what it answers.
namespace nano {

struct TestFetch {
  uint32_t id = 0;
  std::string method, url, service, rpcMethod;
  std::map<std::string, std::string> headers;
  uint8_t hops = 0;
  std::string body;
  bool hasBody = false;
  kj::Maybe<rpc::ByteSource::Client> stream;
  int64_t length = -1;
};

struct TestEgressRecord {
  // A deque: a test holds on to one while more come.
  std::deque<TestFetch> fetches;
  // How many each call brought.
  std::vector<size_t> batches;
  std::vector<uint32_t> canceled;
};

class TestEgress final : public rpc::Egress::Server {
 public:
  explicit TestEgress(std::shared_ptr<TestEgressRecord> record) : record_(std::move(record)) {}

 protected:
  kj::Promise<void> start(StartContext context) override {
    const auto fetches = context.getParams().getFetches();
    record_->batches.push_back(fetches.size());
    for (rpc::OutboundFetch::Reader fetch : fetches)
      record_->fetches.push_back(read(fetch));
    return kj::READY_NOW;
  }
  kj::Promise<void> cancel(CancelContext context) override {
    for (uint32_t id : context.getParams().getIds())
      record_->canceled.push_back(id);
    return kj::READY_NOW;
  }

 private:
  static TestFetch read(rpc::OutboundFetch::Reader message) {
    TestFetch fetch;
    const auto request = message.getRequest();
    fetch.id = message.getId();
    fetch.method = request.getMethod().cStr();
    fetch.url = request.getUrl().cStr();
    fetch.service = message.getService().cStr();
    fetch.rpcMethod = message.getMethod().cStr();
    fetch.hops = message.getHops();
    for (auto header : request.getHeaders())
      fetch.headers[header.getName().cStr()] = header.getValue().cStr();
    const auto body = request.getBody();
    fetch.length = body.getLength();
    if (body.isBytes()) {
      const auto bytes = body.getBytes().asChars();
      fetch.body.assign(bytes.begin(), bytes.size());
    } else if (body.isStream()) {
      fetch.stream = body.getStream();
    }
    fetch.hasBody = !body.isNone();
    return fetch;
  }

  std::shared_ptr<TestEgressRecord> record_;
};

struct TestFetchResult {
  uint16_t status = 200;
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = "";
  std::shared_ptr<rpc::ByteSource::Client> stream = nullptr;
  std::shared_ptr<rpc::Upstream::Client> upstream = nullptr;
  // Instead of a response.
  rpc::EgressFailure::Kind failure = rpc::EgressFailure::Kind::NONE;
  std::string message = "";

  void write(uint32_t id, rpc::FetchResult::Builder result) const {
    result.setId(id);
    if (failure != rpc::EgressFailure::Kind::NONE) {
      result.initFailure().setKind(failure);
      result.getFailure().setMessage(message);
      return;
    }
    auto response = result.initResponse();
    response.setStatus(status);
    response.setStatusText("Fine");
    auto list = response.initHeaders(static_cast<uint32_t>(headers.size()));
    for (uint32_t i = 0; i < list.size(); ++i) {
      list[i].setName(headers[i].first);
      list[i].setValue(headers[i].second);
    }
    if (stream != nullptr) {
      response.initBody().setStream(*stream);
      if (upstream != nullptr) response.getBody().setUpstream(*upstream);
    } else if (!body.empty()) {
      response.initBody().setBytes(
          kj::arrayPtr(reinterpret_cast<const kj::byte*>(body.data()), body.size()));
    }
  }
};

}  // namespace nano
