#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <vector>

#include <capnp/message.h>
#include <capnp/rpc.capnp.h>
#include <capnp/serialize.h>
#include <gtest/gtest.h>
#include <kj/debug.h>

#include "protocol/http.capnp.h"
#include "protocol/rpc_link.h"
#include "protocol/worker.capnp.h"

// What a compromised worker may put on its socket, byte by byte (hostile cases W12-W19).
namespace nano {
namespace {

namespace wire = capnp::rpc;

// Never answers; holds what it is given.
class HoldingHost final : public rpc::AppHost::Server {
 public:
  kj::Promise<void> answer(AnswerContext context) override {
    context.allowCancellation();
    return kj::NEVER_DONE;
  }
};

// A supervisor's end that serves an AppHost, and the raw socket of its peer.
class HostilePeerTest : public testing::Test {
 protected:
  HostilePeerTest() : ends_(makeRpcSocketPair()) {}
  ~HostilePeerTest() noexcept override {}

  RpcLink& link(const RpcLinkOptions& options = {}) {
    link_ = kj::heap<RpcLink>(loop_, kj::mv(ends_.supervisorEnd), RpcLink::Side::kSupervisor,
                              rpc::AppHost::Client(kj::heap<HoldingHost>()), options);
    return *link_;
  }
  std::string reason() { return loop_.run(link_->onDisconnect()).cStr(); }

  void sendBytes(const void* bytes, size_t size) {
    ssize_t sent;
    KJ_SYSCALL(sent = send(ends_.workerEnd.get(), bytes, size, MSG_NOSIGNAL));
    KJ_REQUIRE(static_cast<size_t>(sent) == size);
  }
  void sendWords(std::vector<uint32_t> halfWords) {
    sendBytes(halfWords.data(), halfWords.size() * 4);
  }
  void sendMessage(capnp::MessageBuilder& message) {
    auto words = capnp::messageToFlatArray(message);
    sendBytes(words.asBytes().begin(), words.asBytes().size());
  }
  // Asks for our bootstrap capability, which becomes export 0 there.
  void sendBootstrap(uint32_t question) {
    capnp::MallocMessageBuilder message;
    message.initRoot<wire::Message>().initBootstrap().setQuestionId(question);
    sendMessage(message);
  }
  // Gives the link the bootstrap capability it asks for at the start.
  void answerBootstrap() {
    capnp::MallocMessageBuilder message;
    auto answer = message.initRoot<wire::Message>().initReturn();
    answer.setAnswerId(0);
    auto results = answer.initResults();
    capnp::BuilderCapabilityTable table;
    table.imbue(results.getContent())
        .setAs<capnp::Capability>(rpc::AppHost::Client(kj::heap<HoldingHost>()));
    results.initCapTable(1)[0].setSenderHosted(0);
    sendMessage(message);
  }
  static wire::Call::Builder initCall(capnp::MessageBuilder& message, uint32_t question) {
    auto call = message.initRoot<wire::Message>().initCall();
    call.setQuestionId(question);
    call.setInterfaceId(capnp::typeId<rpc::AppHost>());
    call.setMethodId(0);
    call.initTarget().setImportedCap(0);
    return call;
  }

  EventLoop loop_;
  RpcSocketPair ends_;
  kj::Own<RpcLink> link_;
};

TEST_F(HostilePeerTest, IsCutOffForAFrameLargerThanTheLimit) {
  link();
  sendWords({0, kMaxMessageBytes / sizeof(capnp::word)});
  EXPECT_EQ(reason(), "a message larger than the limit");
}

TEST_F(HostilePeerTest, IsCutOffForTooManySegments) {
  link();
  sendWords({0xffffffff, 0xffffffff});
  EXPECT_EQ(reason(), "a message with too many segments");
}

TEST_F(HostilePeerTest, IsCutOffForGarbage) {
  link();
  std::string garbage = "GET / HTTP/1.1\r\nhost: a\r\n\r\n";
  sendBytes(garbage.data(), garbage.size());
  EXPECT_EQ(reason(), "a message with too many segments");
}

TEST_F(HostilePeerTest, IsCutOffForAnEndWithinAMessage) {
  link();
  sendWords({0, 100, 1, 2, 3, 4});
  ends_.workerEnd = nullptr;
  EXPECT_EQ(reason(), "the peer closed the link within a message");
}

TEST_F(HostilePeerTest, IsCutOffForAFrameWithoutARoot) {
  link();
  sendWords({0, 0});
  EXPECT_NE(reason(), "");
}

TEST_F(HostilePeerTest, IsCutOffForAPointerOutOfBounds) {
  link();
  // A struct pointer that leads a million words away.
  sendWords({0, 1, (1'000'000u << 2), 1});
  EXPECT_NE(reason(), "");
}

TEST_F(HostilePeerTest, IsCutOffForRandomBytesInAWellFormedFrame) {
  link();
  std::vector<uint32_t> words{0, 64};
  uint32_t state = 1;
  for (int i = 0; i < 128; ++i)
    words.push_back(state = state * 1664525 + 1013904223);
  sendWords(words);
  EXPECT_NE(reason(), "");
}

TEST_F(HostilePeerTest, IsCutOffForAnAnswerToNoQuestion) {
  link();
  capnp::MallocMessageBuilder message;
  message.initRoot<wire::Message>().initReturn().setAnswerId(77);
  sendMessage(message);
  EXPECT_NE(reason().find("Invalid question ID"), std::string::npos);
}

// A few words that claim a list of half a million empty structs are as expensive to walk as a full
// one; the traversal limit goes by the message's size.
TEST_F(HostilePeerTest, CannotAmplifyASmallMessageWithAListOfNothing) {
  link();
  answerBootstrap();
  auto call = link_->bootstrap().castAs<rpc::App>().fetchBatchRequest().send();
  loop_.runOnce();
  capnp::MallocMessageBuilder message;
  auto answer = message.initRoot<wire::Message>().initReturn();
  answer.setAnswerId(1);
  auto results = answer.initResults().getContent().initAs<rpc::App::FetchBatchResults>();
  capnp::toAny(results).getPointerSection()[0].initAs<capnp::List<capnp::Void>>(500'000);
  sendMessage(message);
  auto error = KJ_ASSERT_NONNULL(kj::runCatchingExceptions([&]() {
    auto response = loop_.run(kj::mv(call));
    for (auto one : response.getAnswers())
      KJ_REQUIRE(one.getId() == 0);
  }));
  EXPECT_NE(strstr(error.getDescription().cStr(), "limit"), nullptr);
}

TEST_F(HostilePeerTest, CannotNestDeeperThanTheLimit) {
  link();
  answerBootstrap();
  auto call = link_->bootstrap().castAs<rpc::App>().fetchBatchRequest().send();
  loop_.runOnce();
  capnp::MallocMessageBuilder message;
  auto answer = message.initRoot<wire::Message>().initReturn();
  answer.setAnswerId(1);
  auto pointer = answer.initResults().getContent();
  for (int i = 0; i < kMaxNesting; ++i) {
    pointer = pointer.initAsAnyStruct(0, 1).getPointerSection()[0];
  }
  sendMessage(message);
  auto response = loop_.run(kj::mv(call));
  // What the supervisor does with an answer it passes on: copies it.
  capnp::MallocMessageBuilder copy;
  EXPECT_TRUE(kj::runCatchingExceptions([&]() { copy.setRoot(capnp::toAny(response)); }) !=
              nullptr);
}

TEST_F(HostilePeerTest, IsCutOffWhenItNeverReads) {
  RpcLinkOptions options;
  options.maxBufferedBytes = 2 << 20;
  link(options);
  answerBootstrap();
  auto app = link_->bootstrap().castAs<rpc::App>();
  auto body = kj::heapArray<kj::byte>(60'000);
  memset(body.begin(), 'x', body.size());
  std::vector<kj::Promise<void>> calls;
  size_t most = 0;
  for (int i = 0; i < 200; ++i) {
    auto request = app.fetchBatchRequest();
    request.initCalls(1)[0].initRequest().initBody().setBytes(body);
    calls.push_back(request.send().ignoreResult());
    most = std::max(most, link_->bufferedBytes());
    loop_.runOnce();
  }
  EXPECT_LE(most, options.maxBufferedBytes);
  EXPECT_EQ(reason(), "the peer does not read what is sent to it");
  for (auto& call : calls) {
    auto error = KJ_ASSERT_NONNULL(kj::runCatchingExceptions([&]() { loop_.run(kj::mv(call)); }));
    EXPECT_EQ(error.getType(), kj::Exception::Type::DISCONNECTED);
  }
}

int openDescriptors() {
  int count = 0;
  for (int fd = 0; fd < 1024; ++fd)
    count += fcntl(fd, F_GETFD) >= 0;
  return count;
}

TEST_F(HostilePeerTest, IsCutOffForDescriptorsWhichAreNeverReceived) {
  link();
  int before = openDescriptors();
  int pipeEnds[2];
  KJ_SYSCALL(pipe2(pipeEnds, O_CLOEXEC | O_NONBLOCK));
  kj::AutoCloseFd readEnd(pipeEnds[0]), writeEnd(pipeEnds[1]);
  alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {};
  char byte = 0;
  iovec bytes{&byte, 1};
  msghdr message{};
  message.msg_iov = &bytes;
  message.msg_iovlen = 1;
  message.msg_control = control;
  message.msg_controllen = sizeof(control);
  cmsghdr* header = CMSG_FIRSTHDR(&message);
  header->cmsg_level = SOL_SOCKET;
  header->cmsg_type = SCM_RIGHTS;
  header->cmsg_len = CMSG_LEN(sizeof(int));
  int sent = writeEnd.get();
  memcpy(CMSG_DATA(header), &sent, sizeof(sent));
  ssize_t size;
  KJ_SYSCALL(size = sendmsg(ends_.workerEnd.get(), &message, 0));
  writeEnd = nullptr;
  EXPECT_EQ(reason(), "the peer sent file descriptors");
  // The kernel closed it with the message: the pipe has no writer left.
  EXPECT_EQ(read(readEnd.get(), &byte, 1), 0);
  // Gone is the link's own end; new is the pipe's reading end.
  EXPECT_EQ(openDescriptors(), before);
}

TEST_F(HostilePeerTest, IsCutOffForTooManyOpenCalls) {
  link();
  sendBootstrap(0);
  for (uint32_t question = 1; question <= kMaxOpenCalls; ++question) {
    capnp::MallocMessageBuilder message;
    initCall(message, question);
    sendMessage(message);
    if (question % 64 == 0) loop_.runOnce();
  }
  EXPECT_EQ(reason(), "too many open calls");
}

TEST_F(HostilePeerTest, IsCutOffForTooMuchDataInOpenCalls) {
  RpcLinkOptions options;
  options.maxOpenCallBytes = 1 << 20;
  link(options);
  sendBootstrap(0);
  for (uint32_t question = 1; question <= 11; ++question) {
    capnp::MallocMessageBuilder message;
    initCall(message, question).initParams().initContent().initAs<capnp::Data>(100'000);
    sendMessage(message);
    for (int i = 0; i < 4; ++i)
      loop_.runOnce();
  }
  EXPECT_EQ(reason(), "too much data in open calls");
}

TEST_F(HostilePeerTest, IsCutOffForTooManyCapabilities) {
  link();
  sendBootstrap(0);
  for (uint32_t message = 0; message <= kMaxImports / 3000; ++message) {
    capnp::MallocMessageBuilder builder;
    auto table = initCall(builder, 1 + message).initParams().initCapTable(3000);
    for (auto i : kj::indices(table))
      table[i].setSenderPromise(message * 3000 + i);
    sendMessage(builder);
    for (int i = 0; i < 4; ++i)
      loop_.runOnce();
  }
  EXPECT_EQ(reason(), "too many capabilities that are not released");
}

}  // namespace
}  // namespace nano
