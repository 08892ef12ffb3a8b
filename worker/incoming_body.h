#pragma once

#include <cstdint>

#include <kj/async.h>
#include <kj/function.h>

#include "protocol/http.capnp.h"

namespace nano {

// A request body on its way in: JavaScript asks for a chunk, the supervisor sends one.
class IncomingBody final {
 public:
  explicit IncomingBody(rpc::ByteSource::Client source)
      : source_(kj::mv(source)),
        tasks_(ignored_) {}
  IncomingBody(const IncomingBody&) = delete;
  IncomingBody& operator=(const IncomingBody&) = delete;

  // What became of a read; the bytes live for the call.
  struct Chunk {
    enum class Kind { kBytes, kEnd, kBroken } kind;
    kj::ArrayPtr<const kj::byte> bytes = nullptr;
  };
  using Receiver = kj::Function<void(const Chunk&)>;

  bool isReading() const { return receiver_ != nullptr; }
  // One at a time. `receive` is called from the loop; it may read again, but not destroy this.
  void read(Receiver receive);
  // Nobody reads on. A read under way ends as if at the end of the body.
  void cancel() { source_ = nullptr; }

 private:
  struct Ignored final : kj::TaskSet::ErrorHandler {
    void taskFailed(kj::Exception&&) override {}
  };
  void finish(const Chunk& chunk);

  kj::Maybe<rpc::ByteSource::Client> source_;
  kj::Maybe<Receiver> receiver_;
  Ignored ignored_;
  kj::TaskSet tasks_;
};

}  // namespace nano
