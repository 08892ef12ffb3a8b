#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <kj/debug.h>

#include "protocol/event_loop.h"
#include "worker/test_egress.h"
#include "worker/test_messages.h"
#include "worker/test_record.h"

namespace nano {

// One app in the worker, as its supervisor sees it.
class TestApp {
 public:
  rpc::Outcome outcome = rpc::Outcome::UNKNOWN;
  std::string message, stack, file, sourceLine;
  uint32_t line = 0, column = 0;
  LimitBreach breach;
  bool lacksScheduled = false;

  TestApp(EventLoop& loop, rpc::Worker::Client worker, const TestVersion& version,
          kj::Maybe<rpc::Egress::Client> egress = nullptr)
      : loop_(loop) {
    auto request = worker.loadRequest();
    fill(request.initVersion(), version);
    request.setHost(kj::heap<TestHost>(record_));
    KJ_IF_MAYBE(given, egress) {
      request.setEgress(kj::mv(*given));
    } else {
      request.setEgress(kj::heap<TestEgress>(egress_));
    }
    auto response =
        loop_.run(kj::Promise<capnp::Response<rpc::Worker::LoadResults>>(request.send()));
    outcome = response.getOutcome();
    breach = readBreach(response.getBreach());
    lacksScheduled = response.getLacksScheduled();
    const auto error = response.getError();
    message = error.getMessage().cStr();
    stack = error.getStack().cStr();
    file = error.getFile().cStr();
    sourceLine = error.getSourceLine().cStr();
    line = error.getLine();
    column = error.getColumn();
    if (outcome == rpc::Outcome::OK) app_ = response.getApp();
    settle();
  }

  // Sends the calls in one batch; returns their ids. The answers of the turn are there when it
  // returns.
  std::vector<uint32_t> send(std::vector<TestCall> calls) {
    auto request = KJ_ASSERT_NONNULL(app_).fetchBatchRequest();
    auto list = request.initCalls(static_cast<uint32_t>(calls.size()));
    std::vector<uint32_t> ids;
    for (uint32_t i = 0; i < calls.size(); ++i) {
      ids.push_back(nextId_++);
      fill(list[i], ids.back(), calls[i]);
    }
    auto response =
        loop_.run(kj::Promise<capnp::Response<rpc::App::FetchBatchResults>>(request.send()));
    for (auto answer : response.getAnswers())
      record_->add(answer, false);
    return ids;
  }

  // One call, until it is answered.
  TestReply fetch(TestCall call = {}) {
    const uint32_t id = send({std::move(call)}).front();
    await([this, id]() { return record_->replies.contains(id); });
    return std::move(record_->replies[id]);
  }
  TestReply get(std::string url) { return fetch({.url = std::move(url)}); }

  // What the app fetches, and the answers to it.
  TestEgressRecord& egress() { return *egress_; }
  TestFetch& awaitFetch(size_t index = 0) {
    await([this, index]() { return egress_->fetches.size() > index; });
    return egress_->fetches[index];
  }
  void answerFetches(const std::vector<std::pair<uint32_t, TestFetchResult>>& results) {
    auto request = KJ_ASSERT_NONNULL(app_).fetchedRequest();
    auto list = request.initResults(static_cast<uint32_t>(results.size()));
    for (uint32_t i = 0; i < list.size(); ++i)
      results[i].second.write(results[i].first, list[i]);
    loop_.run(request.send().ignoreResult());
  }
  void answerFetch(uint32_t id, const TestFetchResult& result) { answerFetches({{id, result}}); }
  // One call that fetches once, which gets `result`.
  TestReply fetchThrough(TestCall call, const TestFetchResult& result) {
    const uint32_t id = send({std::move(call)}).front();
    const size_t index = answeredFetches_++;
    answerFetch(awaitFetch(index).id, result);
    await([this, id]() { return hasReply(id); });
    return std::move(record_->replies[id]);
  }

  void cancel(uint32_t id) {
    auto request = KJ_ASSERT_NONNULL(app_).cancelRequest();
    request.initIds(1).set(0, id);
    loop_.run(request.send().ignoreResult());
  }

  // Runs the loop until `done`. A test that never gets there is ended by the runner's timeout.
  template <typename Done>
  void await(Done done) {
    while (!done())
      loop_.run(loop_.timer().afterDelay(1 * kj::MILLISECONDS));
  }
  // Lets what is on its way arrive.
  void settle() {
    for (int i = 0; i < 5; ++i)
      loop_.run(loop_.timer().afterDelay(1 * kj::MILLISECONDS));
  }

  bool hasReply(uint32_t id) const { return record_->replies.contains(id); }
  TestReply& reply(uint32_t id) { return record_->replies.at(id); }
  const std::vector<TestLogLine>& lines() const { return record_->lines; }
  void awaitLines(size_t count) {
    await([this, count]() { return record_->lines.size() >= count; });
  }
  std::string allLines() const {
    std::string all;
    for (const TestLogLine& entry : record_->lines)
      all += entry.message + "\n";
    return all;
  }

  EventLoop& loop() { return loop_; }
  // The next call gets the id of the last one.
  void reuseNextId() { --nextId_; }

 private:
  EventLoop& loop_;
  std::shared_ptr<TestRecord> record_ = std::make_shared<TestRecord>();
  std::shared_ptr<TestEgressRecord> egress_ = std::make_shared<TestEgressRecord>();
  size_t answeredFetches_ = 0;
  kj::Maybe<rpc::App::Client> app_;
  uint32_t nextId_ = 1;
};

}  // namespace nano
