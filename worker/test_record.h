#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "protocol/app_limits.h"
#include "protocol/worker.capnp.h"

// What a test's supervisor hears of an app, and what it sends.
namespace nano {

struct TestLogLine {
  std::string requestId;
  rpc::LogLine::Level level;
  std::string message;
};

struct TestReply {
  rpc::Outcome outcome = rpc::Outcome::UNKNOWN;
  int status = 0;
  std::map<std::string, std::string> headers;
  std::string body;
  uint32_t cpuMicros = 0;
  LimitBreach breach;
  bool late = false;
  kj::Maybe<rpc::ByteSource::Client> stream;
  kj::Maybe<rpc::Upstream::Client> upstream;
};

// What the supervisor heard of one app.
struct TestRecord {
  std::vector<TestLogLine> lines;
  std::map<uint32_t, TestReply> replies;

  void add(rpc::FetchAnswer::Reader answer, bool late) {
    EXPECT_FALSE(replies.contains(answer.getId())) << "answered twice: " << answer.getId();
    TestReply& reply = replies[answer.getId()];
    reply.outcome = answer.getOutcome();
    reply.cpuMicros = answer.getCpuMicros();
    reply.breach = readBreach(answer.getBreach());
    reply.late = late;
    const auto response = answer.getResponse();
    reply.status = response.getStatus();
    for (auto header : response.getHeaders()) {
      reply.headers[header.getName().cStr()] = header.getValue().cStr();
    }
    const auto body = response.getBody();
    if (body.isBytes()) {
      const auto bytes = body.getBytes().asChars();
      reply.body.assign(bytes.begin(), bytes.size());
    } else if (body.isStream()) {
      reply.stream = body.getStream();
      if (body.hasUpstream()) reply.upstream = body.getUpstream();
    }
  }
};

class TestHost final : public rpc::AppHost::Server {
 public:
  explicit TestHost(std::shared_ptr<TestRecord> record = std::make_shared<TestRecord>())
      : record_(std::move(record)) {}

 protected:
  kj::Promise<void> answer(AnswerContext context) override {
    for (auto answer : context.getParams().getAnswers())
      record_->add(answer, true);
    return kj::READY_NOW;
  }
  kj::Promise<void> log(LogContext context) override {
    for (auto line : context.getParams().getLines()) {
      record_->lines.push_back(
          {line.getRequestId().cStr(), line.getLevel(), line.getMessage().cStr()});
    }
    return kj::READY_NOW;
  }

 private:
  std::shared_ptr<TestRecord> record_;
};

struct TestModule {
  std::string path;
  std::string content;
  rpc::Module::Kind kind = rpc::Module::Kind::ES_MODULE;
};

// Short enough for a test of a loop, and one of them changed.
inline AppLimits testLimits(rpc::Limit changed = rpc::Limit::NONE, uint64_t value = 0) {
  AppLimits limits;
  limits.set(rpc::Limit::CPU, 200);
  limits.set(rpc::Limit::STARTUP_CPU, 500);
  limits.set(changed, value);
  return limits;
}

struct TestVersion {
  std::vector<TestModule> modules;
  // name, value; a value that starts with '{' or '[' is JSON.
  std::vector<std::pair<std::string, std::string>> env = {};
  // Names of service bindings.
  std::vector<std::string> services = {};
  // Compatibility flags that are on; without a date nothing is said.
  std::vector<std::string> flags = {};
  std::string date = "";
  AppLimits limits = testLimits();
  rpc::AppVersion::Clock clock = rpc::AppVersion::Clock::COARSE;
  bool codegen = false;

  // An app of one module.
  static TestVersion of(std::string script) { return {{{"index.js", std::move(script)}}}; }
  // An app whose handler has this body.
  static TestVersion handling(std::string body) {
    return of("export default { async fetch(request, env, ctx) { " + body + " } }");
  }
};

struct TestCall {
  std::string url = "http://app.test/";
  std::string method = "GET";
  std::vector<std::pair<std::string, std::string>> headers = {};
  std::string body = "";
  std::shared_ptr<rpc::ByteSource::Client> stream = nullptr;
  uint8_t hops = 0;
  // A call of scheduled() instead of a request.
  std::string cron = "";
  int64_t scheduledMillis = 0;
  // By a service binding.
  std::string entrypoint = "";
  std::string props = "";
  std::string rpcMethod = "";
};

}  // namespace nano
