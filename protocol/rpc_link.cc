#include "protocol/rpc_link.h"

#include <sys/socket.h>

#include <cstdint>

#include <capnp/rpc-twoparty.h>
#include <kj/debug.h>

#include "protocol/frame_socket.h"
#include "protocol/link_census.h"
#include "protocol/message_pool.h"

namespace nano {
namespace {

using VatNetwork = capnp::TwoPartyVatNetworkBase;
// Inside a subclass of VatNetwork the name Connection is ambiguous.
using VatConnection = VatNetwork::Connection;
using VatId = capnp::rpc::twoparty::VatId;
using TwoPartySide = capnp::rpc::twoparty::Side;
using MaybeMessage = kj::Maybe<kj::Own<capnp::IncomingRpcMessage>>;

// What may be read of a message besides the factor times its size: the RPC layer's own look at it.
constexpr uint64_t kTraversalSlackWords = 256;

TwoPartySide sideOf(RpcLink::Side side) {
  return side == RpcLink::Side::kSupervisor ? TwoPartySide::CLIENT : TwoPartySide::SERVER;
}

TwoPartySide opposite(TwoPartySide side) {
  return side == TwoPartySide::CLIENT ? TwoPartySide::SERVER : TwoPartySide::CLIENT;
}

struct DisconnectReason final : public kj::Refcounted {
  kj::String text;
};

}  // namespace

RpcLinkOptions RpcLinkOptions::forWorker() {
  RpcLinkOptions options;
  options.maxMessageBytes = kMaxMessageBytesToWorker;
  options.traversalFactor = 0;
  options.maxBufferedBytes = SIZE_MAX;
  options.maxOpenCalls = UINT32_MAX;
  options.maxOpenCallBytes = SIZE_MAX;
  options.maxImports = UINT32_MAX;
  return options;
}

// The vat network of two parties, and the one connection it has.
class RpcLink::Impl final : public VatNetwork,
                            private VatConnection,
                            private FrameSocket::Listener,
                            private OutgoingMessage::Sender,
                            private kj::Disposer {
 public:
  Impl(EventLoop& loop, kj::AutoCloseFd fd, Side side,
       kj::Maybe<capnp::Capability::Client> bootstrap, const RpcLinkOptions& options);
  ~Impl() noexcept(false);

  capnp::Capability::Client bootstrap();
  kj::Promise<kj::String> onDisconnect();
  RpcLinkCounters counters() const;
  size_t bufferedBytes() const { return socket_.bufferedBytes(); }
  void close(kj::StringPtr reason) { socket_.close(reason); }

  // VatNetwork
  kj::Maybe<kj::Own<VatConnection>> connect(VatId::Reader peer) override;
  kj::Promise<kj::Own<VatConnection>> accept() override;

 private:
  // VatConnection
  VatId::Reader getPeerVatId() override { return peer_.getRoot<VatId>(); }
  kj::Own<capnp::OutgoingRpcMessage> newOutgoingMessage(uint firstSegmentWords) override;
  kj::Promise<MaybeMessage> receiveIncomingMessage() override;
  kj::Promise<void> shutdown() override;

  // FrameSocket::Listener
  void framesReady() override;
  void closed(kj::StringPtr reason) override;

  // OutgoingMessage::Sender
  void send(capnp::MessageBuilder& message) override;

  // Of the connection that the RPC system holds: it is dropped when the RPC system is done with it.
  void disposeImpl(void* connection) const override;

  kj::Own<VatConnection> makeConnection();
  kj::Maybe<MaybeMessage> takeMessage();

  RpcLinkOptions options_;
  TwoPartySide side_;
  capnp::MallocMessageBuilder peer_;
  uint64_t messagesSent_ = 0;
  uint64_t messagesReceived_ = 0;
  LinkCensus census_;
  kj::Own<MessagePool> pool_ = kj::refcounted<MessagePool>();
  kj::Own<DisconnectReason> reason_ = kj::refcounted<DisconnectReason>();
  kj::Own<kj::PromiseFulfiller<void>> closedFulfiller_;
  kj::ForkedPromise<void> closed_ = nullptr;
  // The RPC system's wait for the next message, where it waits.
  kj::Own<kj::PromiseFulfiller<MaybeMessage>> receiver_;
  // What the RPC system told the peer before it gave up.
  kj::String abortReason_;
  bool accepted_ = false;
  mutable uint connections_ = 0;
  FrameSocket socket_;
  capnp::RpcSystem<VatId> rpc_;
  kj::Maybe<capnp::Capability::Client> bootstrap_;
};

RpcLink::Impl::Impl(EventLoop& loop, kj::AutoCloseFd fd, Side side,
                    kj::Maybe<capnp::Capability::Client> bootstrap, const RpcLinkOptions& options)
    : options_(options),
      side_(sideOf(side)),
      census_({options.maxOpenCalls, options.maxOpenCallBytes / sizeof(capnp::word),
               options.maxImports}),
      socket_(loop, kj::mv(fd),
              {options.maxMessageBytes / sizeof(capnp::word), options.maxBufferedBytes}, *this),
      rpc_(*this, kj::mv(bootstrap)) {
  auto closing = kj::newPromiseAndFulfiller<void>();
  closedFulfiller_ = kj::mv(closing.fulfiller);
  closed_ = closing.promise.fork();
  peer_.initRoot<VatId>().setSide(opposite(side_));
  // Asked for at once: the client side of an RPC system reads only once it has asked for something,
  // and the end of the link has to be noticed in any case.
  if (side_ == TwoPartySide::CLIENT) bootstrap_ = rpc_.bootstrap(getPeerVatId());
}

RpcLink::Impl::~Impl() noexcept(false) {
  socket_.flush();
  socket_.close("closed by its owner");
}

capnp::Capability::Client RpcLink::Impl::bootstrap() {
  KJ_IF_MAYBE(client, bootstrap_) {
    return *client;
  }
  return rpc_.bootstrap(getPeerVatId());
}

kj::Promise<kj::String> RpcLink::Impl::onDisconnect() {
  return closed_.addBranch().then(
      [reason = kj::addRef(*reason_)]() { return kj::heapString(reason->text); });
}

RpcLinkCounters RpcLink::Impl::counters() const {
  auto& socket = socket_.counters();
  return {socket.bytesSent, socket.bytesReceived, messagesSent_, messagesReceived_, socket.writes};
}

kj::Own<VatConnection> RpcLink::Impl::makeConnection() {
  ++connections_;
  return kj::Own<VatConnection>(static_cast<VatConnection*>(this), *this);
}

void RpcLink::Impl::disposeImpl(void*) const {
  if (--connections_ > 0) return;
  // kj::Disposer is const for the sake of threads; a link belongs to one.
  auto& self = const_cast<Impl&>(*this);
  self.socket_.close(abortReason_ == nullptr ? "closed by the RPC system"_kj : abortReason_);
}

kj::Maybe<kj::Own<VatConnection>> RpcLink::Impl::connect(VatId::Reader peer) {
  if (peer.getSide() == side_) return nullptr;
  return makeConnection();
}

kj::Promise<kj::Own<VatConnection>> RpcLink::Impl::accept() {
  if (side_ == TwoPartySide::CLIENT || accepted_) return kj::NEVER_DONE;
  accepted_ = true;
  return makeConnection();
}

kj::Own<capnp::OutgoingRpcMessage> RpcLink::Impl::newOutgoingMessage(uint firstSegmentWords) {
  return pool_->outgoing(*this, firstSegmentWords);
}

void RpcLink::Impl::send(capnp::MessageBuilder& message) {
  auto content = message.getRoot<capnp::rpc::Message>().asReader();
  if (content.isAbort()) abortReason_ = kj::heapString(content.getAbort().getReason());
  census_.sent(content);
  ++messagesSent_;
  socket_.send(message.getSegmentsForOutput());
}

kj::Promise<MaybeMessage> RpcLink::Impl::receiveIncomingMessage() {
  KJ_IF_MAYBE(message, takeMessage()) {
    return kj::mv(*message);
  }
  if (!socket_.isOpen()) return KJ_EXCEPTION(DISCONNECTED, reason_->text);
  auto next = kj::newPromiseAndFulfiller<MaybeMessage>();
  receiver_ = kj::mv(next.fulfiller);
  return kj::mv(next.promise);
}

// A message, or null at the peer's end. Nothing while there is neither, and on a closed link.
kj::Maybe<MaybeMessage> RpcLink::Impl::takeMessage() {
  KJ_IF_MAYBE(frame, socket_.take()) {
    capnp::ReaderOptions limits;
    limits.nestingLimit = options_.nestingLimit;
    limits.traversalLimitInWords =
        options_.traversalFactor == 0
            ? UINT64_MAX
            : options_.traversalFactor * frame->words.size() + kTraversalSlackWords;
    auto message = pool_->incoming(frame->words, kj::mv(frame->owned), limits);
    socket_.drop();
    ++messagesReceived_;
    auto content = message->getBody().getAs<capnp::rpc::Message>();
    auto violation = census_.received(content, message->sizeInWords());
    if (violation) {
      socket_.close(kj::heapString(violation->data(), violation->size()));
      return nullptr;
    }
    return MaybeMessage(kj::mv(message));
  }
  if (socket_.atEnd()) return MaybeMessage(nullptr);
  return nullptr;
}

void RpcLink::Impl::framesReady() {
  if (receiver_.get() == nullptr) return;
  KJ_IF_MAYBE(message, takeMessage()) {
    auto receiver = kj::mv(receiver_);
    receiver->fulfill(kj::mv(*message));
  }
}

void RpcLink::Impl::closed(kj::StringPtr reason) {
  reason_->text = kj::heapString(reason);
  closedFulfiller_->fulfill();
  if (receiver_.get() != nullptr) {
    auto receiver = kj::mv(receiver_);
    receiver->reject(KJ_EXCEPTION(DISCONNECTED, reason));
  }
}

kj::Promise<void> RpcLink::Impl::shutdown() {
  // What does not fit now is lost: nobody listens for it any more.
  socket_.flush();
  return kj::READY_NOW;
}

RpcLink::RpcLink(EventLoop& loop, kj::AutoCloseFd socket, Side side,
                 kj::Maybe<capnp::Capability::Client> bootstrap, const RpcLinkOptions& options)
    : impl_(kj::heap<Impl>(loop, kj::mv(socket), side, kj::mv(bootstrap), options)) {}

RpcLink::~RpcLink() noexcept(false) {}

capnp::Capability::Client RpcLink::bootstrap() { return impl_->bootstrap(); }
kj::Promise<kj::String> RpcLink::onDisconnect() { return impl_->onDisconnect(); }
RpcLinkCounters RpcLink::counters() const { return impl_->counters(); }
size_t RpcLink::bufferedBytes() const { return impl_->bufferedBytes(); }
void RpcLink::close(kj::StringPtr reason) { impl_->close(reason); }

RpcSocketPair makeRpcSocketPair() {
  int ends[2];
  KJ_SYSCALL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends));
  RpcSocketPair pair{kj::AutoCloseFd(ends[0]), kj::AutoCloseFd(ends[1])};
  for (int end : ends) {
    // Room for a body's window (kMaxReadBytes) beside a turn's messages; the kernel clamps it.
    int bytes = 1 << 20;
    KJ_SYSCALL(setsockopt(end, SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes)));
  }
  return pair;
}

}  // namespace nano
