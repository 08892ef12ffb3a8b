#pragma once

#include <deque>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <kj/debug.h>

#include "protocol/byte_source.h"
#include "protocol/limits.h"
#include "worker/test_app.h"

// Bodies on the supervisor's side of a test.
namespace nano {

// What became of a source.
struct SourceWatch {
  size_t reads = 0;
  size_t lastMaxBytes = 0;
  bool isDropped = false;
};

struct TestSource {
  std::vector<std::string> pieces;
  // After the pieces, instead of the end.
  enum class End { kEnds, kBreaksOff, kHangs } end = End::kEnds;
  SourceWatch* watch = nullptr;

  // Gives one piece a read.
  std::shared_ptr<rpc::ByteSource::Client> make() && {
    auto left = std::make_shared<std::deque<std::string>>(pieces.begin(), pieces.end());
    auto onDrop = kj::defer([watched = watch]() {
      if (watched != nullptr) watched->isDropped = true;
    });
    return std::make_shared<rpc::ByteSource::Client>(
        makeByteSource([left, watched = watch, how = end,
                        onDrop = kj::mv(onDrop)](size_t maxBytes) -> kj::Promise<ByteChunk> {
          if (watched != nullptr) {
            ++watched->reads;
            watched->lastMaxBytes = maxBytes;
          }
          ByteChunk chunk;
          if (left->empty()) {
            if (how == End::kBreaksOff) return KJ_EXCEPTION(FAILED, "broken off");
            if (how == End::kHangs) return kj::Promise<ByteChunk>(kj::NEVER_DONE);
            chunk.end = true;
          } else {
            const std::string& text = left->front();
            chunk.bytes = kj::heapArray<kj::byte>(reinterpret_cast<const kj::byte*>(text.data()),
                                                  text.size());
            left->pop_front();
          }
          return kj::mv(chunk);
        }));
  }
};

inline std::shared_ptr<rpc::ByteSource::Client> sourceOf(std::vector<std::string> pieces) {
  return TestSource{std::move(pieces)}.make();
}

inline std::string readAll(EventLoop& loop, rpc::ByteSource::Client source,
                           size_t maxBytes = kMaxReadBytes) {
  ByteReader reader(kj::mv(source));
  std::string all;
  for (;;) {
    ByteChunk chunk = loop.run(reader.read(maxBytes));
    all.append(reinterpret_cast<const char*>(chunk.bytes.begin()), chunk.bytes.size());
    if (chunk.end) return all;
  }
}

inline std::string readAll(TestApp& app, TestReply& reply) {
  return readAll(app.loop(), KJ_ASSERT_NONNULL(reply.stream));
}

// Whatever form it has.
inline std::string bodyOf(TestApp& app, TestReply& reply) {
  return reply.stream == nullptr ? reply.body : readAll(app, reply);
}

}  // namespace nano
