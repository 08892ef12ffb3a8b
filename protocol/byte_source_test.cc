#include "protocol/byte_source.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "protocol/limits.h"
#include "protocol/rpc_link.h"

namespace nano {
namespace {

ByteChunk chunkOf(size_t size, bool end = false) {
  auto bytes = kj::heapArray<kj::byte>(size);
  memset(bytes.begin(), 'x', size);
  return {kj::mv(bytes), end};
}

// Reads a body whose producer is on the other side of a link.
class ByteSourceTest : public testing::Test {
 protected:
  ByteSourceTest() : ends_(makeRpcSocketPair()) {}
  ~ByteSourceTest() noexcept override {}

  rpc::ByteSource::Client link(rpc::ByteSource::Client source) {
    producerEnd_ = kj::heap<RpcLink>(loop_, kj::mv(ends_.workerEnd), RpcLink::Side::kWorker,
                                     kj::mv(source), RpcLinkOptions::forWorker());
    readerEnd_ = kj::heap<RpcLink>(loop_, kj::mv(ends_.supervisorEnd), RpcLink::Side::kSupervisor);
    return readerEnd_->bootstrap().castAs<rpc::ByteSource>();
  }

  EventLoop loop_;
  RpcSocketPair ends_;
  kj::Own<RpcLink> producerEnd_;
  kj::Own<RpcLink> readerEnd_;
};

TEST_F(ByteSourceTest, CarriesAHundredMegabytesInBoundedMemory) {
  constexpr uint64_t kTotal = 100 << 20;
  uint64_t left = kTotal;
  size_t mostBuffered = 0;
  ByteReader reader(link(makeByteSource([&](size_t maxBytes) -> kj::Promise<ByteChunk> {
    mostBuffered = std::max(mostBuffered, producerEnd_->bufferedBytes());
    size_t size = std::min<uint64_t>(maxBytes, left);
    left -= size;
    return chunkOf(size, left == 0);
  })));
  uint64_t received = 0;
  for (bool end = false; !end;) {
    auto chunk = loop_.run(reader.read(kMaxReadBytes));
    mostBuffered = std::max(mostBuffered, producerEnd_->bufferedBytes());
    received += chunk.bytes.size();
    end = chunk.end;
  }
  EXPECT_EQ(received, kTotal);
  EXPECT_LE(mostBuffered, kMaxReadBytes + 1024);
}

TEST_F(ByteSourceTest, NeverAsksTheProducerForMoreThanTheLimit) {
  size_t asked = 0;
  auto source = link(makeByteSource([&asked](size_t maxBytes) -> kj::Promise<ByteChunk> {
    asked = maxBytes;
    return chunkOf(1);
  }));
  auto request = source.readRequest();
  request.setMaxBytes(0xffffffff);
  loop_.run(request.send());
  EXPECT_EQ(asked, kMaxReadBytes);
}

TEST_F(ByteSourceTest, RefusesASecondReadAtATime) {
  auto source = link(makeByteSource(
      [](size_t) -> kj::Promise<ByteChunk> { return kj::Promise<ByteChunk>(kj::NEVER_DONE); }));
  auto first = source.readRequest().send().ignoreResult().eagerlyEvaluate(nullptr);
  auto second = source.readRequest().send().ignoreResult();
  EXPECT_NE(kj::runCatchingExceptions([&]() { loop_.run(kj::mv(second)); }), nullptr);
}

TEST_F(ByteSourceTest, RefusesAReadAfterTheEnd) {
  ByteReader reader(
      link(makeByteSource([](size_t) -> kj::Promise<ByteChunk> { return chunkOf(0, true); })));
  EXPECT_TRUE(loop_.run(reader.read(1)).end);
  EXPECT_NE(kj::runCatchingExceptions([&]() { loop_.run(reader.read(1)); }), nullptr);
}

TEST_F(ByteSourceTest, DropsTheProducersPromiseWithTheRead) {
  bool asked = false;
  bool dropped = false;
  ByteReader reader(link(makeByteSource([&](size_t) -> kj::Promise<ByteChunk> {
    asked = true;
    return kj::Promise<ByteChunk>(kj::NEVER_DONE).attach(kj::defer([&dropped]() {
      dropped = true;
    }));
  })));
  auto read = reader.read(1).ignoreResult().eagerlyEvaluate(nullptr);
  while (!asked)
    loop_.runOnce();
  read = nullptr;
  while (!dropped)
    loop_.runOnce();
}

TEST_F(ByteSourceTest, DropsTheProducerWithTheReader) {
  bool dropped = false;
  // The bootstrap capability lives as long as the link; a source in a message does not.
  auto source = makeByteSource([guard = kj::defer([&dropped]() { dropped = true; })](size_t) {
    return kj::Promise<ByteChunk>(kj::NEVER_DONE);
  });
  { ByteReader reader(kj::mv(source)); }
  EXPECT_TRUE(dropped);
}

// A peer's source that breaks the rules.
class RogueSource final : public rpc::ByteSource::Server {
 public:
  explicit RogueSource(size_t size) : size_(size) {}
  kj::Promise<void> read(ReadContext context) override {
    context.getResults().initBytes(size_);
    return kj::READY_NOW;
  }

 private:
  size_t size_;
};

TEST_F(ByteSourceTest, RejectsMoreThanWasAskedFor) {
  ByteReader reader(link(kj::heap<RogueSource>(11)));
  EXPECT_NE(kj::runCatchingExceptions([&]() { loop_.run(reader.read(10)); }), nullptr);
}

TEST_F(ByteSourceTest, RejectsNothingThatIsNotTheEnd) {
  ByteReader reader(link(kj::heap<RogueSource>(0)));
  EXPECT_NE(kj::runCatchingExceptions([&]() { loop_.run(reader.read(10)); }), nullptr);
}

}  // namespace
}  // namespace nano
