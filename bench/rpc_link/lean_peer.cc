#include <cstring>
#include <vector>

#include <capnp/message.h>
#include <capnp/rpc.capnp.h>
#include <capnp/serialize.h>
#include <kj/debug.h>

#include "bench/rpc_link/peers.h"
#include "protocol/frame_socket.h"
#include "protocol/limits.h"

namespace nano::bench {
namespace {

namespace wire = capnp::rpc;

constexpr FrameSocket::Limits kLimits{kMaxMessageBytes / sizeof(capnp::word), kMaxBufferedRpcBytes};

capnp::ReaderOptions readerOptions(size_t words) {
  capnp::ReaderOptions options;
  options.traversalLimitInWords = kTraversalFactor * words + 256;
  options.nestingLimit = kMaxNesting;
  return options;
}

// What both ends share: a socket of frames, a scratch segment, the end of the link as a promise.
class LeanPeer : protected FrameSocket::Listener {
 public:
  LeanPeer(EventLoop& loop, kj::AutoCloseFd socket)
      : closing_(kj::newPromiseAndFulfiller<void>()),
        scratch_(kj::heapArray<capnp::word>(1024)),
        socket_(loop, kj::mv(socket), kLimits, *this) {
    memset(scratch_.asBytes().begin(), 0, scratch_.asBytes().size());
  }
  virtual ~LeanPeer() noexcept(false) {}

  kj::Promise<void> whenDone() { return kj::mv(closing_.promise); }

 protected:
  virtual void received(wire::Message::Reader message) = 0;

  kj::ArrayPtr<capnp::word> scratch() { return scratch_; }
  void send(capnp::MessageBuilder& message) { socket_.send(message.getSegmentsForOutput()); }
  void finish() { closing_.fulfiller->fulfill(); }

 private:
  void framesReady() override {
    bool more = true;
    while (more) {
      more = false;
      KJ_IF_MAYBE(frame, socket_.take()) {
        capnp::FlatArrayMessageReader reader(frame->words, readerOptions(frame->words.size()));
        received(reader.getRoot<wire::Message>());
        socket_.drop();
        more = true;
      }
    }
    if (socket_.atEnd()) finish();
  }
  void closed(kj::StringPtr reason) override {
    closing_.fulfiller->reject(KJ_EXCEPTION(FAILED, reason));
  }

  kj::PromiseFulfillerPair<void> closing_;
  kj::Array<capnp::word> scratch_;
  FrameSocket socket_;
};

class LeanClient final : public LeanPeer {
 public:
  LeanClient(EventLoop& loop, kj::AutoCloseFd socket, Load& load)
      : LeanPeer(loop, kj::mv(socket)),
        load_(load) {}

  void submit() {
    if (!load_.next()) return;
    uint32_t question = questions_.size();
    if (free_.empty()) {
      questions_.push_back(true);
    } else {
      question = free_.back();
      free_.pop_back();
      questions_[question] = true;
    }
    capnp::MallocMessageBuilder message(scratch());
    auto call = message.initRoot<wire::Message>().initCall();
    call.setQuestionId(question);
    call.setInterfaceId(capnp::typeId<rpc::App>());
    call.initTarget().setImportedCap(0);
    fillCall(call.initParams().getContent().initAs<rpc::FetchCall>(), question);
    send(message);
  }

 private:
  void received(wire::Message::Reader message) override {
    auto answer = message.getReturn();
    uint32_t question = answer.getAnswerId();
    KJ_REQUIRE(question < questions_.size() && questions_[question]);
    consumeAnswer(answer.getResults().getContent().getAs<rpc::FetchAnswer>());
    {
      capnp::MallocMessageBuilder builder(scratch());
      builder.initRoot<wire::Message>().initFinish().setQuestionId(question);
      send(builder);
    }
    questions_[question] = false;
    free_.push_back(question);
    load_.answered();
    if (load_.done()) finish();
    submit();
  }

  Load& load_;
  std::vector<bool> questions_;
  std::vector<uint32_t> free_;
};

class LeanServer final : public LeanPeer {
 public:
  using LeanPeer::LeanPeer;

 private:
  void received(wire::Message::Reader message) override {
    if (!message.isCall()) return;
    auto call = message.getCall();
    capnp::MallocMessageBuilder builder(scratch());
    auto answer = builder.initRoot<wire::Message>().initReturn();
    answer.setAnswerId(call.getQuestionId());
    answer.setReleaseParamCaps(false);
    answerCall(call.getParams().getContent().getAs<rpc::FetchCall>(),
               answer.initResults().getContent().initAs<rpc::FetchAnswer>());
    send(builder);
  }
};

}  // namespace

void runLeanClient(EventLoop& loop, kj::AutoCloseFd socket, Load& load, uint32_t concurrency) {
  LeanClient client(loop, kj::mv(socket), load);
  for (uint32_t i = 0; i < concurrency; ++i)
    client.submit();
  loop.run(client.whenDone());
}

void runLeanServer(EventLoop& loop, kj::AutoCloseFd socket) {
  LeanServer server(loop, kj::mv(socket));
  loop.run(server.whenDone());
}

}  // namespace nano::bench
