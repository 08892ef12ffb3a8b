#include "tests/hostile/evil_answers.h"

#include <algorithm>
#include <cstring>

#include <kj/debug.h>

#include "protocol/limits.h"

namespace nano::test {
namespace {

using Answer = rpc::FetchAnswer::Builder;

// A body that breaks the rules of http.capnp.
class EvilSource final : public rpc::ByteSource::Server {
 public:
  enum class Mode { kTooMuch, kEndless, kNothing, kSilent, kThrows, kTenBytes, kAfterTheEnd };
  explicit EvilSource(Mode mode) : mode_(mode) {}

  kj::Promise<void> read(ReadContext context) override {
    size_t asked = context.getParams().getMaxBytes();
    switch (mode_) {
      case Mode::kTooMuch:
        // As much as one message can carry, which is more than anybody asks for.
        give(context, kMaxMessageBytes - 4 * kKiB);
        return kj::READY_NOW;
      case Mode::kEndless:
        give(context, std::min<size_t>(asked, kMaxReadBytes));
        return kj::READY_NOW;
      case Mode::kNothing:
        return kj::READY_NOW;
      case Mode::kSilent:
        return kj::NEVER_DONE;
      case Mode::kThrows:
        return KJ_EXCEPTION(FAILED, "/etc/passwd");
      case Mode::kTenBytes:
      case Mode::kAfterTheEnd:
        give(context, 10);
        context.getResults().setEnd(true);
        return kj::READY_NOW;
    }
    return kj::READY_NOW;
  }

 private:
  static void give(ReadContext& context, size_t bytes) {
    auto data = context.getResults().initBytes(bytes);
    memset(data.begin(), 'x', bytes);
  }
  Mode mode_;
};

rpc::Response::Builder respond(Answer answer) {
  answer.setOutcome(rpc::Outcome::OK);
  auto response = answer.initResponse();
  response.setStatus(200);
  response.initBody().setBytes(kj::StringPtr("evil").asBytes());
  return response;
}

void header(Answer answer, kj::StringPtr name, kj::StringPtr value) {
  auto headers = respond(answer).initHeaders(1);
  headers[0].setName(name);
  headers[0].setValue(value);
}

void manyHeaders(Answer answer, uint32_t count, size_t valueBytes) {
  auto headers = respond(answer).initHeaders(count);
  for (uint32_t i = 0; i < count; ++i) {
    headers[i].setName(kj::str("x-", i));
    memset(headers[i].initValue(valueBytes).begin(), 'v', valueBytes);
  }
}

void stream(Answer answer, EvilSource::Mode mode, int64_t length) {
  auto body = respond(answer).initBody();
  body.setStream(kj::heap<EvilSource>(mode));
  body.setLength(length);
}

void status(Answer answer, uint16_t number) { respond(answer).setStatus(number); }

void outcome(Answer answer, uint16_t number) {
  respond(answer);
  answer.setOutcome(static_cast<rpc::Outcome>(number));
}

struct AnswerAct {
  std::string_view name;
  void (*fill)(Answer answer);
};

using Mode = EvilSource::Mode;

// clang-format off: one act a line
constexpr AnswerAct kActs[] = {
    {"status-0", [](Answer a) { status(a, 0); }},
    {"status-99", [](Answer a) { status(a, 99); }},
    {"status-101", [](Answer a) { status(a, 101); }},
    {"status-600", [](Answer a) { status(a, 600); }},
    {"status-65535", [](Answer a) { status(a, 65535); }},
    {"outcome-0", [](Answer a) { outcome(a, 0); }},
    {"outcome-65535", [](Answer a) { outcome(a, 65535); }},
    {"outcome-worker-died",
     [](Answer a) { outcome(a, static_cast<uint16_t>(rpc::Outcome::WORKER_DIED)); }},
    {"ok-without-response", [](Answer a) { a.setOutcome(rpc::Outcome::OK); }},
    {"header-value-crlf", [](Answer a) { header(a, "x", "a\r\nset-cookie: b=c\r\n\r\nbody"); }},
    {"header-value-lf", [](Answer a) { header(a, "x", "a\nset-cookie: b=c"); }},
    {"header-value-nul", [](Answer a) { header(a, "x", "a\0set-cookie"_kj); }},
    {"header-name-crlf", [](Answer a) { header(a, "x: a\r\nset-cookie", "b=c"); }},
    {"header-name-colon", [](Answer a) { header(a, "set-cookie:", "b=c"); }},
    {"header-name-space", [](Answer a) { header(a, "set-cookie ", "b=c"); }},
    {"header-name-empty", [](Answer a) { header(a, "", "b=c"); }},
    {"headers-129", [](Answer a) { manyHeaders(a, 129, 1); }},
    {"headers-10000", [](Answer a) { manyHeaders(a, 10'000, 1); }},
    {"headers-200-kb", [](Answer a) { manyHeaders(a, 1, 200'000); }},
    {"status-text-crlf", [](Answer a) { respond(a).setStatusText("OK\r\nset-cookie: b=c"); }},
    {"framing-chunked", [](Answer a) { header(a, "transfer-encoding", "chunked"); }},
    {"framing-length", [](Answer a) { header(a, "content-length", "999999"); }},
    {"framing-connection", [](Answer a) { header(a, "connection", "x-request-id, close"); }},
    {"cpu-lie",
     [](Answer a) {
       respond(a);
       a.setCpuMicros(UINT32_MAX);
     }},
    {"length-too-small", [](Answer a) { stream(a, Mode::kTenBytes, 5); }},
    {"length-too-large", [](Answer a) { stream(a, Mode::kTenBytes, 20); }},
    {"length-negative", [](Answer a) { stream(a, Mode::kTenBytes, INT64_MIN); }},
    {"length-enormous", [](Answer a) { stream(a, Mode::kTenBytes, INT64_MAX); }},
    {"stream-too-much", [](Answer a) { stream(a, Mode::kTooMuch, -1); }},
    {"stream-endless", [](Answer a) { stream(a, Mode::kEndless, -1); }},
    {"stream-nothing", [](Answer a) { stream(a, Mode::kNothing, -1); }},
    {"stream-silent", [](Answer a) { stream(a, Mode::kSilent, -1); }},
    {"stream-throws", [](Answer a) { stream(a, Mode::kThrows, -1); }},
};
// clang-format on

}  // namespace

bool fillEvilAnswer(std::string_view act, rpc::FetchAnswer::Builder answer) {
  auto* found = std::find_if(std::begin(kActs), std::end(kActs),
                             [act](const AnswerAct& one) { return one.name == act; });
  if (found == std::end(kActs)) return false;
  found->fill(answer);
  return true;
}

void fillFineAnswer(rpc::FetchAnswer::Builder answer, kj::StringPtr body) {
  respond(answer).initBody().setBytes(body.asBytes());
}

}  // namespace nano::test
