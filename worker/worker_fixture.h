#pragma once

#include <fcntl.h>

#include <algorithm>
#include <cstdlib>
#include <deque>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "protocol/event_loop.h"
#include "protocol/rpc_link.h"
#include "snapshot/snapshot_cache.h"
#include "snapshot/v8_process.h"
#include "worker/worker_server.h"

// A whole worker for tests, with its supervisor's end in the same process: the real snapshot, a
// real socket pair, the real RPC; only the sandbox is left out.
namespace nano {

// V8 cannot be started twice, so all tests of the program share it.
struct TestEngine {
  V8Process v8;
  std::unique_ptr<SnapshotCache> snapshot;
  ContextFactory contexts;

  static TestEngine& get() {
    static auto* engine = new TestEngine();
    return *engine;
  }

 private:
  TestEngine() : snapshot(open()), contexts(v8, *snapshot) {}

  static std::unique_ptr<SnapshotCache> open() {
    const char* path = getenv("NANO_SNAPSHOT");
    const std::string beside = std::string(getenv("NANO_LIB_DIR")) + "/nano.snapshot";
    int fd = -1;
    KJ_SYSCALL(fd = ::open(path == nullptr ? beside.c_str() : path, O_RDONLY | O_CLOEXEC),
               "is nano.snapshot built?");
    kj::AutoCloseFd closing(fd);
    auto opened = SnapshotCache::open(closing);
    if (auto* mismatch = std::get_if<SnapshotMismatch>(&opened)) {
      KJ_FAIL_REQUIRE("the snapshot does not fit", mismatch->reason.c_str());
    }
    return std::move(std::get<std::unique_ptr<SnapshotCache>>(opened));
  }
};

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
  bool late = false;
  kj::Maybe<rpc::ByteSource::Client> stream;
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
      record_->lines.push_back({line.getRequestId().cStr(), line.getLevel(), line.getMessage().cStr()});
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

struct TestVersion {
  std::vector<TestModule> modules;
  // name, value; a value that starts with '{' or '[' is JSON.
  std::vector<std::pair<std::string, std::string>> env = {};
  uint32_t cpuMillis = 200;
  uint32_t startupCpuMillis = 500;
  uint64_t heapBytes = 128 << 20;
  uint64_t externalBytes = 64 << 20;
  uint32_t waitUntilMillis = 30'000;

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
};

// One app in the worker, as its supervisor sees it.
class TestApp {
 public:
  rpc::Outcome outcome = rpc::Outcome::UNKNOWN;
  std::string message, stack, file, sourceLine;
  uint32_t line = 0, column = 0;

  TestApp(EventLoop& loop, rpc::Worker::Client worker, const TestVersion& version) : loop_(loop) {
    auto request = worker.loadRequest();
    fill(request.initVersion(), version);
    request.setHost(kj::heap<TestHost>(record_));
    auto response =
        loop_.run(kj::Promise<capnp::Response<rpc::Worker::LoadResults>>(request.send()));
    outcome = response.getOutcome();
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

  void sendOnly(std::vector<TestCall>& calls) { auto request = KJ_ASSERT_NONNULL(app_).fetchBatchRequest(); auto list = request.initCalls(static_cast<uint32_t>(calls.size())); for (uint32_t i = 0; i < calls.size(); ++i) fill(list[i], nextId_++, calls[i]); loop_.run(request.send().ignoreResult()); }
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
  static void fill(rpc::AppVersion::Builder message, const TestVersion& version) {
    message.setTenant("tenant");
    message.setApp("app");
    message.setId("0123");
    message.setMainModule(version.modules.front().path);
    auto modules = message.initModules(static_cast<uint32_t>(version.modules.size()));
    for (uint32_t i = 0; i < modules.size(); ++i) {
      const TestModule& module = version.modules[i];
      modules[i].setPath(module.path);
      modules[i].setKind(module.kind);
      modules[i].setContent(kj::arrayPtr(reinterpret_cast<const kj::byte*>(module.content.data()),
                                         module.content.size()));
    }
    auto env = message.initEnv(static_cast<uint32_t>(version.env.size()));
    for (uint32_t i = 0; i < env.size(); ++i) {
      env[i].setName(version.env[i].first);
      const std::string& value = version.env[i].second;
      if (value.starts_with('{') || value.starts_with('[')) {
        env[i].setJson(value);
      } else {
        env[i].setText(value);
      }
    }
    auto limits = message.initLimits();
    limits.setCpuMillis(version.cpuMillis);
    limits.setStartupCpuMillis(version.startupCpuMillis);
    limits.setHeapBytes(version.heapBytes);
    limits.setExternalBytes(version.externalBytes);
    limits.setWaitUntilMillis(version.waitUntilMillis);
  }

  static void fill(rpc::FetchCall::Builder message, uint32_t id, TestCall& call) {
    message.setId(id);
    message.setRequestId("request-" + std::to_string(id));
    auto request = message.initRequest();
    request.setMethod(call.method);
    request.setUrl(call.url);
    auto headers = request.initHeaders(static_cast<uint32_t>(call.headers.size()));
    for (uint32_t i = 0; i < headers.size(); ++i) {
      headers[i].setName(call.headers[i].first);
      headers[i].setValue(call.headers[i].second);
    }
    if (call.stream != nullptr) {
      request.initBody().setStream(*call.stream);
    } else if (!call.body.empty()) {
      request.initBody().setBytes(
          kj::arrayPtr(reinterpret_cast<const kj::byte*>(call.body.data()), call.body.size()));
    }
  }

  EventLoop& loop_;
  std::shared_ptr<TestRecord> record_ = std::make_shared<TestRecord>();
  kj::Maybe<rpc::App::Client> app_;
  uint32_t nextId_ = 1;
};

class WorkerTest : public testing::Test {
 protected:
  WorkerTest()
      : turnEnd_(loop_),
        isolates_(TestEngine::get().contexts, loop_.timer(), 1),
        sockets_(makeRpcSocketPair()),
        workerLink_(loop_, kj::mv(sockets_.workerEnd), RpcLink::Side::kWorker,
                    rpc::Worker::Client(kj::heap<WorkerServer>(parts(), SandboxAccount{})),
                    RpcLinkOptions::forWorker()),
        supervisorLink_(loop_, kj::mv(sockets_.supervisorEnd), RpcLink::Side::kSupervisor) {}

  ~WorkerTest() noexcept override = default;

  WorkerParts parts() { return {isolates_, limiter_, loop_.timer(), turnEnd_}; }
  rpc::Worker::Client worker() { return supervisorLink_.bootstrap().castAs<rpc::Worker>(); }
  TestApp load(const TestVersion& version) { return TestApp(loop_, worker(), version); }
  TestApp load(std::string script) { return load(TestVersion::of(std::move(script))); }
  TestApp handling(std::string body) { return load(TestVersion::handling(std::move(body))); }

  EventLoop loop_;
  TurnEnd turnEnd_;
  ResourceLimiter limiter_;
  IsolateManager isolates_;
  RpcSocketPair sockets_;
  RpcLink workerLink_;
  RpcLink supervisorLink_;
};

}  // namespace nano
