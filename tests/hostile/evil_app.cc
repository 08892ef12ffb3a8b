#include "tests/hostile/evil_app.h"

#include <cstring>

#include <kj/debug.h>

#include "protocol/limits.h"
#include "tests/hostile/evil_answers.h"
#include "tests/hostile/evil_process.h"
#include "tests/hostile/evil_wire.h"

namespace nano::test {
namespace {

bool isFine(rpc::FetchCall::Reader call) {
  kj::StringPtr url = call.getRequest().getUrl();
  return url.endsWith("/fine");
}

// One answer, to `id`.
rpc::FetchAnswer::Builder oneAnswer(rpc::App::FetchBatchResults::Builder results, uint32_t id) {
  auto answer = results.initAnswers(1)[0];
  answer.setId(id);
  return answer;
}

}  // namespace

kj::Promise<void> EvilApp::fetchBatch(FetchBatchContext context) {
  auto calls = context.getParams().getCalls();
  for (auto call : calls) {
    if (!isFine(call)) return perform(context, call.getId());
  }
  auto answers = context.getResults().initAnswers(calls.size());
  for (uint32_t i = 0; i < calls.size(); ++i) {
    answers[i].setId(calls[i].getId());
    fillFineAnswer(answers[i], "fine");
  }
  return kj::READY_NOW;
}

kj::Promise<void> EvilApp::perform(FetchBatchContext& context, uint32_t id) {
  auto results = context.getResults();
  if (fillEvilAnswer(act_, oneAnswer(results, id))) return kj::READY_NOW;
  KJ_IF_MAYBE(called, callHost(context, id)) {
    return kj::mv(*called);
  }
  if (isWireAct(act_)) runWireAct(act_);
  std::string result = runProcessAct(act_);
  KJ_REQUIRE(!result.empty(), "there is no such act", act_.c_str());
  fillFineAnswer(oneAnswer(results, id), result.c_str());
  return kj::READY_NOW;
}

kj::Maybe<kj::Promise<void>> EvilApp::callHost(FetchBatchContext& context, uint32_t id) {
  auto results = context.getResults();
  if (act_ == "never") return kj::Promise<void>(kj::NEVER_DONE);
  if (act_ == "throw") return kj::Promise<void>(KJ_EXCEPTION(FAILED, "/etc/passwd"));
  if (act_ == "unknown-id") {
    fillFineAnswer(oneAnswer(results, 900), "to nobody");
    return kj::Promise<void>(kj::READY_NOW);
  }
  if (act_ == "largest-id") {
    fillFineAnswer(oneAnswer(results, UINT32_MAX), "to nobody");
    return kj::Promise<void>(kj::READY_NOW);
  }
  if (act_ == "twice") {
    auto answers = results.initAnswers(2);
    for (auto answer : answers) {
      answer.setId(id);
      fillFineAnswer(answer, "one of two");
    }
    return kj::Promise<void>(kj::READY_NOW);
  }
  if (act_ == "twice-late") {
    return answerLate(id, "first").then([this, id]() { return answerLate(id, "second"); });
  }
  if (act_ == "answer-then-batch") {
    // The same request by both ways.
    fillFineAnswer(oneAnswer(results, id), "by the batch");
    return answerLate(id, "by itself");
  }
  if (act_ == "many-answers") {
    auto answers = results.initAnswers(20'000);
    for (auto answer : answers)
      answer.setId(id);
    return kj::Promise<void>(kj::READY_NOW);
  }
  if (act_ == "call-flood") return flood(20'000);
  if (act_ == "log-flood") {
    return floodLog(400).then(
        [context, id]() mutable { fillFineAnswer(oneAnswer(context.getResults(), id), "logged"); });
  }
  if (act_ == "log-lies") {
    auto lines = host_.logRequest();
    auto line = lines.initLines(1)[0];
    line.setRequestId("0123456789abcdef0123456789abcdef and more of it");
    line.setLevel(static_cast<rpc::LogLine::Level>(999));
    line.setMessage("\x1b[31mred\x1b]0;owned\x07\r\nforged line \xff\xfe\xc3");
    line.setUnixMillis(INT64_MAX);
    return lines.send().ignoreResult().then(
        [context, id]() mutable { fillFineAnswer(oneAnswer(context.getResults(), id), "logged"); });
  }
  if (act_ == "unknown-method") {
    auto call = host_.typelessRequest(capnp::typeId<rpc::AppHost>(), 4711, nullptr);
    return call.send().ignoreResult();
  }
  if (act_ == "unknown-interface") {
    auto call = host_.typelessRequest(capnp::typeId<rpc::Worker>(), 0, nullptr);
    return call.send().ignoreResult();
  }
  return nullptr;
}

kj::Promise<void> EvilApp::answerLate(uint32_t id, kj::StringPtr body) {
  auto request = host_.answerRequest();
  auto answer = request.initAnswers(1)[0];
  answer.setId(id);
  fillFineAnswer(answer, body);
  return request.send().ignoreResult();
}

// Calls without waiting for their answers, in an honest RPC system's words.
kj::Promise<void> EvilApp::flood(uint32_t left) {
  auto calls = kj::heapArrayBuilder<kj::Promise<void>>(left);
  for (; left > 0; --left)
    calls.add(host_.answerRequest().send().ignoreResult());
  return kj::joinPromises(calls.finish()).then([]() -> kj::Promise<void> {
    return kj::NEVER_DONE;
  });
}

kj::Promise<void> EvilApp::floodLog(uint32_t left) {
  if (left == 0) return kj::READY_NOW;
  auto request = host_.logRequest();
  auto lines = request.initLines(10);
  for (auto line : lines) {
    auto message = line.initMessage(20'000);
    memset(message.begin(), 'L', message.size());
  }
  return request.send().ignoreResult().then([this, left]() { return floodLog(left - 1); });
}

}  // namespace nano::test
