#include "tests/js/fake_pipes.h"

#include <algorithm>
#include <utility>

#include <kj/debug.h>

#include "snapshot/js_bytes.h"

namespace nano {

void FakePipes::write(uint32_t number, std::span<const std::byte> chunk) {
  Pipe& pipe = pipes_[number];
  pipe.chunks.emplace_back(reinterpret_cast<const char*>(chunk.data()), chunk.size());
  serve(pipe);
}

void FakePipes::end(uint32_t number) {
  pipes_[number].ended = true;
  serve(pipes_[number]);
}

v8::Local<v8::Promise> FakePipes::read(uint32_t number) {
  Pipe& pipe = pipes_[number];
  const auto resolver = v8::Promise::Resolver::New(isolate_->GetCurrentContext()).ToLocalChecked();
  KJ_REQUIRE(pipe.reader.IsEmpty(), "one read at a time", number);
  pipe.reader.Reset(isolate_, resolver);
  serve(pipe);
  return resolver->GetPromise();
}

void FakePipes::cancel(uint32_t number) {
  Pipe& pipe = pipes_[number];
  pipe.ended = true;
  serve(pipe);
  if (!std::exchange(pipe.canceled, true)) canceled_.push_back(number);
}

std::vector<uint32_t> FakePipes::takeCanceled() { return std::exchange(canceled_, {}); }

void FakePipes::serve(Pipe& pipe) {
  if (pipe.reader.IsEmpty()) return;
  const auto context = isolate_->GetCurrentContext();
  const auto resolver = pipe.reader.Get(isolate_);
  if (!pipe.chunks.empty()) {
    const std::string chunk = std::move(pipe.chunks.front());
    pipe.chunks.pop_front();
    pipe.reader.Reset();
    const auto made = newBytes(isolate_, chunk.size());
    KJ_ASSERT(made.has_value());
    std::transform(chunk.begin(), chunk.end(), made->bytes.begin(),
                   [](char c) { return static_cast<std::byte>(c); });
    resolver->Resolve(context, made->array).Check();
  } else if (pipe.ended) {
    pipe.reader.Reset();
    resolver->Resolve(context, v8::Null(isolate_)).Check();
  }
}

}  // namespace nano
