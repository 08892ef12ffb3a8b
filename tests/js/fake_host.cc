#include "tests/js/fake_host.h"

#include <algorithm>

#include <kj/debug.h>

#include "snapshot/current_slot.h"
#include "snapshot/js_bytes.h"

namespace nano {

namespace {

// Made of literals, ASCII or what a test sent: short.
v8::Local<v8::String> text(v8::Isolate* isolate, std::string_view latin1) {
  return v8::String::NewFromOneByte(isolate, reinterpret_cast<const uint8_t*>(latin1.data()),
                                    v8::NewStringType::kNormal, static_cast<int>(latin1.size()))
      .ToLocalChecked();
}

bool isFetch(uint32_t number) { return (number & FetchHost::kFetchBit) != 0; }

}  // namespace

FakeHost::Request& FakeHost::request(uint32_t slot) {
  const auto found = requests_.find(slot);
  KJ_REQUIRE(found != requests_.end(), "no request has this number", slot);
  return found->second;
}

v8::Local<v8::Value> FakeHost::part(uint32_t slot, const char* name) {
  const auto context = isolate_->GetCurrentContext();
  return request(slot).given.Get(isolate_)->Get(context, text(isolate_, name)).ToLocalChecked();
}

std::optional<uint32_t> FakeHost::dispatch(v8::Local<v8::Object> given,
                                           v8::Local<v8::Value> handler, v8::Local<v8::Value> env) {
  const v8::Local<v8::Value> rest[] = {handler, env};
  return start(given, EntryPoint::kDispatchFetch, rest);
}

std::optional<uint32_t> FakeHost::dispatchCall(v8::Local<v8::Object> given,
                                               v8::Local<v8::Array> rest) {
  std::vector<v8::Local<v8::Value>> values;
  for (uint32_t i = 0; i < rest->Length(); ++i)
    values.push_back(rest->Get(isolate_->GetCurrentContext(), i).ToLocalChecked());
  return start(given, EntryPoint::kDispatchCall, values);
}

std::optional<uint32_t> FakeHost::start(v8::Local<v8::Object> given, EntryPoint entryPoint,
                                        std::span<const v8::Local<v8::Value>> rest) {
  const auto context = isolate_->GetCurrentContext();
  const uint32_t slot = requestsMade_++;
  auto& request = requests_[slot];
  request.given.Reset(isolate_, given);
  v8::Local<v8::Promise::Resolver> resolver;
  if (!v8::Promise::Resolver::New(context).ToLocal(&resolver)) return std::nullopt;
  request.answer.Reset(isolate_, resolver);

  const int32_t outer = currentSlot(isolate_);
  setCurrentSlot(isolate_, static_cast<int32_t>(slot));
  std::vector<v8::Local<v8::Value>> arguments{v8::Integer::NewFromUnsigned(isolate_, slot)};
  arguments.insert(arguments.end(), rest.begin(), rest.end());
  const auto function = entryPoints_.get(isolate_, entryPoint);
  const auto result = function->Call(context, v8::Undefined(isolate_),
                                     static_cast<int>(arguments.size()), arguments.data());
  setCurrentSlot(isolate_, outer);
  if (result.IsEmpty()) return std::nullopt;
  return slot;
}

v8::MaybeLocal<v8::Promise> FakeHost::answer(uint32_t slot) {
  return request(slot).answer.Get(isolate_)->GetPromise();
}

v8::MaybeLocal<v8::Array> FakeHost::waitedFor(uint32_t slot) {
  v8::LocalVector<v8::Value> promises(isolate_);
  for (const auto& promise : request(slot).waited)
    promises.push_back(promise.Get(isolate_));
  return v8::Array::New(isolate_, promises.data(), promises.size());
}

bool FakeHost::turn(v8::Local<v8::Context> context) {
  return tellTwoWays() || pullAndSettle(context) || fetches_.turn(context) || fireNextTimer();
}

bool FakeHost::pullAndSettle(v8::Local<v8::Context> context) {
  for (auto& [slot, request] : requests_) {
    if (request.pullWanted) {
      request.pullWanted = false;
      request.pulled = true;
      call(EntryPoint::kPullOutgoing, static_cast<int32_t>(slot), slot);
      return true;
    }
    if (request.finished && !request.settled) {
      request.settled = true;
      settle(context, request);
      return true;
    }
  }
  return false;
}

bool FakeHost::tellTwoWays() {
  for (auto& [slot, request] : requests_) {
    if (!request.isTwoWay || request.isTold) continue;
    request.isTold = true;
    fetches_.answerTwoWay(request.caller, slot);
    return true;
  }
  const auto canceled = pipes_.takeCanceled();
  for (uint32_t pipe : canceled) {
    const uint32_t slot = pipe & ~FetchHost::kTwoWayBit;
    if (slot == pipe) {
      call(EntryPoint::kCancelOutgoing, static_cast<int32_t>(slot), slot);
      request(slot).finished = true;
    } else {
      const uint32_t caller = request(slot).caller;
      call(EntryPoint::kCancelOutgoing, fetches_.slotOf(caller), caller | FetchHost::kTwoWayBit);
    }
  }
  return !canceled.empty();
}

bool FakeHost::fireNextTimer() {
  const auto next =
      std::min_element(timers_.begin(), timers_.end(), [](const Timer& a, const Timer& b) {
        return a.due != b.due ? a.due < b.due : a.order < b.order;
      });
  if (next == timers_.end()) return false;
  const Timer timer = *next;
  timers_.erase(next);
  now_ = std::max(now_, timer.due);
  call(EntryPoint::kFireTimer, timer.slot, timer.id);
  return true;
}

void FakeHost::call(EntryPoint entryPoint, int32_t slot, uint32_t argument) {
  const v8::TryCatch tryCatch(isolate_);
  setCurrentSlot(isolate_, slot);
  v8::Local<v8::Value> arguments[] = {v8::Integer::NewFromUnsigned(isolate_, argument)};
  const auto function = entryPoints_.get(isolate_, entryPoint);
  const auto result =
      function->Call(isolate_->GetCurrentContext(), v8::Undefined(isolate_), 1, arguments);
  setCurrentSlot(isolate_, kNoSlot);
  if (result.IsEmpty()) {
    const v8::String::Utf8Value message(isolate_, tryCatch.Exception());
    violation_ = std::string(kEntryPointNames[static_cast<size_t>(entryPoint)]) + " threw " +
                 (*message == nullptr ? "" : *message);
  }
}

void FakeHost::settle(v8::Local<v8::Context> context, Request& request) {
  const auto result = v8::Object::New(isolate_);
  const auto set = [this, context, result](const char* name, v8::Local<v8::Value> value) {
    result->Set(context, text(isolate_, name), value).Check();
  };
  set("status", v8::Integer::NewFromUnsigned(isolate_, request.status));
  set("statusText", text(isolate_, request.statusText));
  set("headers", text(isolate_, request.headers));
  set("length", v8::Number::New(isolate_, request.length));
  set("isTwoWay", v8::Boolean::New(isolate_, request.isTwoWay));
  v8::Local<v8::Value> body = v8::Null(isolate_);
  if (request.hasBody) {
    const auto bytes = newBytes(isolate_, request.body.size());
    KJ_ASSERT(bytes.has_value());
    std::copy(request.body.begin(), request.body.end(), bytes->bytes.begin());
    body = bytes->array;
  }
  set("body", body);
  if (request.incoming) set("incoming", v8::Integer::NewFromUnsigned(isolate_, *request.incoming));
  if (!request.error.IsEmpty()) set("error", request.error.Get(isolate_));
  if (!request.bodyError.IsEmpty()) set("bodyError", request.bodyError.Get(isolate_));
  request.answer.Get(isolate_)->Resolve(context, result).Check();
}

void FakeHost::log(LogLevel level, std::string_view line) {
  lines_.push_back({level, std::string(line), currentSlot(isolate_)});
}

bool FakeHost::startTimer(uint32_t id, double delayMillis) {
  constexpr size_t kMaxTimers = 1000;
  if (timers_.size() >= kMaxTimers) return false;
  stopTimer(id);
  timers_.push_back({now_ + delayMillis, timersMade_++, id, currentSlot(isolate_)});
  return true;
}

void FakeHost::stopTimer(uint32_t id) {
  std::erase_if(timers_, [id](const Timer& timer) { return timer.id == id; });
}

v8::Local<v8::String> FakeHost::requestUrl(uint32_t slot) {
  return part(slot, "url").As<v8::String>();
}

v8::Local<v8::String> FakeHost::requestMethod(uint32_t slot) {
  return part(slot, "method").As<v8::String>();
}

v8::Local<v8::Array> FakeHost::requestHeaders(uint32_t slot) {
  return part(slot, "headers").As<v8::Array>();
}

v8::Local<v8::Value> FakeHost::requestBody(uint32_t slot) {
  const auto body = part(slot, "body");
  if (body->IsArray()) return v8::Null(isolate_);
  return body;
}

v8::Local<v8::Promise> FakeHost::readIncoming(uint32_t slot) {
  if (isFetch(slot)) return fetches_.readIncoming(slot);
  if ((slot & FetchHost::kTwoWayBit) != 0) return pipes_.read(slot);
  auto& request = this->request(slot);
  const auto context = isolate_->GetCurrentContext();
  const auto resolver = v8::Promise::Resolver::New(context).ToLocalChecked();
  const auto chunks = part(slot, "body").As<v8::Array>();
  v8::Local<v8::Value> chunk = v8::Null(isolate_);
  if (request.nextChunk < chunks->Length()) {
    chunk = chunks->Get(context, request.nextChunk++).ToLocalChecked();
  }
  // An Error among the chunks is a client that broke off.
  if (chunk->IsNativeError()) {
    resolver->Reject(context, chunk).Check();
  } else {
    resolver->Resolve(context, chunk).Check();
  }
  return resolver->GetPromise();
}

void FakeHost::cancelIncoming(uint32_t slot) {
  if (isFetch(slot)) return fetches_.cancelIncoming(slot);
  if ((slot & FetchHost::kTwoWayBit) != 0) return pipes_.cancel(slot);
  auto& request = this->request(slot);
  request.bodyCancelled = true;
  request.given.Get(isolate_)
      ->Set(isolate_->GetCurrentContext(), text(isolate_, "bodyCancelled"), v8::True(isolate_))
      .Check();
}

void FakeHost::begin(uint32_t slot, const ResponseHead& head) {
  auto& request = this->request(slot);
  if (request.responded) violation_ = "a request was answered twice";
  request.responded = true;
  request.status = head.status;
  request.statusText = head.statusText;
  request.headers = head.headers;
}

void FakeHost::respond(uint32_t slot, const ResponseHead& head, std::span<const std::byte> body,
                       bool hasBody) {
  begin(slot, head);
  auto& request = this->request(slot);
  request.body.assign(body.begin(), body.end());
  request.hasBody = hasBody;
  request.finished = true;
}

void FakeHost::respondIncoming(uint32_t slot, const ResponseHead& head, uint32_t number) {
  begin(slot, head);
  request(slot).incoming = number;
  request(slot).finished = true;
}

void FakeHost::respondStream(uint32_t slot, const ResponseHead& head, int64_t length) {
  begin(slot, head);
  auto& request = this->request(slot);
  request.length = static_cast<double>(length);
  request.hasBody = true;
  request.pullWanted = true;
}

void FakeHost::respondTwoWay(uint32_t slot) {
  begin(slot, {});
  request(slot).isTwoWay = true;
  request(slot).pullWanted = true;
}

bool FakeHost::answerPull(uint32_t slot, const char* op) {
  auto& request = this->request(slot);
  if (!request.pulled) violation_ = std::string(op) + " without a pull";
  request.pulled = false;
  return !request.finished;
}

void FakeHost::writeOutgoing(uint32_t slot, std::span<const std::byte> chunk) {
  if (isFetch(slot)) return fetches_.writeOutgoing(slot, chunk);
  if (!answerPull(slot, "writeOutgoing")) return;
  auto& request = this->request(slot);
  if (request.isTwoWay) pipes_.write(slot, chunk);
  request.body.insert(request.body.end(), chunk.begin(), chunk.end());
  request.pullWanted = true;
}

void FakeHost::endOutgoing(uint32_t slot) {
  if (isFetch(slot)) return fetches_.endOutgoing(slot);
  if (!answerPull(slot, "endOutgoing")) return;
  request(slot).finished = true;
  if (request(slot).isTwoWay) pipes_.end(slot);
}

void FakeHost::failOutgoing(uint32_t slot, v8::Local<v8::Value> error) {
  if (isFetch(slot)) return fetches_.failOutgoing(slot, error);
  auto& request = this->request(slot);
  request.bodyError.Reset(isolate_, error);
  request.finished = true;
  request.pulled = false;
}

void FakeHost::failRequest(uint32_t slot, v8::Local<v8::Value> error) {
  auto& request = this->request(slot);
  if (request.responded) {
    const v8::String::Utf8Value line(isolate_, error);
    return log(LogLevel::kError, *line == nullptr ? "" : *line);
  }
  request.responded = true;
  request.error.Reset(isolate_, error);
  request.finished = true;
}

void FakeHost::waitUntil(uint32_t slot, v8::Local<v8::Promise> promise) {
  request(slot).waited.emplace_back(isolate_, promise);
}

}  // namespace nano
