#include "tests/hostile/evil_wire.h"

#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string>

#include <capnp/rpc.capnp.h>
#include <capnp/serialize.h>
#include <kj/debug.h>

#include "protocol/worker.capnp.h"
#include "tests/hostile/raw_socket.h"

namespace nano::test {
namespace {

namespace wire = capnp::rpc;

// The supervisor's AppHost: the first capability it exports on a link.
constexpr uint32_t kHost = 0;
// Questions of ours, out of the honest RPC system's way.
constexpr uint32_t kFirstQuestion = 100'000;

wire::Call::Builder initCall(capnp::MessageBuilder& message, uint32_t question) {
  auto call = message.initRoot<wire::Message>().initCall();
  call.setQuestionId(question);
  call.setInterfaceId(capnp::typeId<rpc::AppHost>());
  call.setMethodId(0);
  call.initTarget().setImportedCap(kHost);
  return call;
}

void sendFinish(RawSocket& socket, uint32_t question) {
  capnp::MallocMessageBuilder message;
  message.initRoot<wire::Message>().initFinish().setQuestionId(question);
  socket.sendMessage(message);
}

// The supervisor reads what these words say as the pointer to a list of answers: either in the
// answer to its own call, or in a call of ours.
enum class Carrier { kReturn, kCall };

void sendAnswersPointer(RawSocket& socket, Carrier carrier, const std::vector<uint64_t>& words) {
  capnp::MallocMessageBuilder message(1024);
  auto root = message.initRoot<wire::Message>();
  wire::Payload::Builder payload = nullptr;
  if (carrier == Carrier::kReturn) {
    auto answer = root.initReturn();
    answer.setAnswerId(socket.nextCallOf(capnp::typeId<rpc::App>()));
    payload = answer.initResults();
  } else {
    payload = initCall(message, kFirstQuestion).initParams();
  }
  // The last thing in the message is the struct's one pointer, still null.
  payload.getContent().initAs<rpc::App::FetchBatchResults>();
  auto flat = capnp::messageToFlatArray(message);
  std::vector<uint64_t> frame(flat.size());
  memcpy(frame.data(), flat.begin(), flat.asBytes().size());
  frame.pop_back();
  frame.insert(frame.end(), words.begin(), words.end());
  uint32_t sizes[2] = {0, static_cast<uint32_t>(frame.size() - 1)};
  memcpy(frame.data(), sizes, sizeof sizes);
  socket.sendBytes(frame.data(), frame.size() * sizeof(uint64_t));
}

// https://capnproto.org/encoding.html: how pointers look.
constexpr uint64_t listPointer(int32_t offset, uint32_t elementSize, uint32_t count) {
  return uint64_t{count} << 35 | uint64_t{elementSize} << 32 |
         ((static_cast<uint32_t>(offset) << 2 | 1u) & 0xffffffffu);
}
constexpr uint32_t kBit0 = 0;  // Elements of size zero.
constexpr uint32_t kPointers = 6;
constexpr uint32_t kComposite = 7;
constexpr uint64_t structTag(uint32_t count, uint32_t dataWords, uint32_t pointers) {
  return uint64_t{pointers} << 48 | uint64_t{dataWords} << 32 | uint64_t{count} << 2;
}
constexpr uint64_t farPointer(uint32_t segment, uint32_t offset, uint32_t landingPads) {
  return uint64_t{segment} << 32 | uint64_t{offset} << 3 | uint64_t{landingPads} << 2 | 2u;
}
constexpr uint32_t kLongestList = (1u << 29) - 1;

template <Carrier kCarrier>
void voidList(RawSocket& socket) {
  sendAnswersPointer(socket, kCarrier, {listPointer(0, kBit0, kLongestList)});
}
template <Carrier kCarrier>
void emptyStructs(RawSocket& socket) {
  sendAnswersPointer(socket, kCarrier,
                     {listPointer(0, kComposite, 0), structTag(kLongestList, 0, 0)});
}
template <Carrier kCarrier>
void pointerLoop(RawSocket& socket) {
  // A list of one pointer, which is itself.
  sendAnswersPointer(socket, kCarrier, {listPointer(-1, kPointers, 1)});
}
template <Carrier kCarrier>
void farOut(RawSocket& socket) {
  sendAnswersPointer(socket, kCarrier, {farPointer(77, 1'000'000, 0)});
}
template <Carrier kCarrier>
void farLoop(RawSocket& socket) {
  sendAnswersPointer(socket, kCarrier, {farPointer(0, 1, 1)});
}
template <Carrier kCarrier>
void outOfBounds(RawSocket& socket) {
  sendAnswersPointer(socket, kCarrier,
                     {listPointer(1'000'000, kComposite, 4000), structTag(1000, 2, 2)});
}

void manyExports(RawSocket& socket) {
  for (uint32_t round = 0;; ++round) {
    capnp::MallocMessageBuilder message;
    auto table = initCall(message, kFirstQuestion + round).initParams().initCapTable(1000);
    for (uint32_t i = 0; i < table.size(); ++i)
      table[i].setSenderPromise(kFirstQuestion + round * 1000 + i);
    socket.sendMessage(message);
  }
}

void openCalls(RawSocket& socket) {
  for (uint32_t question = kFirstQuestion;; ++question) {
    capnp::MallocMessageBuilder message;
    initCall(message, question);
    socket.sendMessage(message);
  }
}

// W18: each call finished as it should be, but none of the answers read.
void floodWithoutReading(RawSocket& socket) {
  for (uint32_t question = kFirstQuestion;; ++question) {
    capnp::MallocMessageBuilder message;
    initCall(message, question);
    socket.sendMessage(message);
    sendFinish(socket, question);
  }
}

void largeCalls(RawSocket& socket) {
  for (uint32_t question = kFirstQuestion;; ++question) {
    capnp::MallocMessageBuilder message;
    initCall(message, question).initParams().initContent().initAs<capnp::Data>(900'000);
    socket.sendMessage(message);
  }
}

// To nobody: to what an answer of ours will be.
void pipelinedCalls(RawSocket& socket) {
  for (uint32_t question = kFirstQuestion;; ++question) {
    capnp::MallocMessageBuilder message;
    auto target = initCall(message, question).initTarget().initPromisedAnswer();
    target.setQuestionId(question);  // Itself.
    target.initTransform(1)[0].setGetPointerField(0);
    socket.sendMessage(message);
  }
}

template <typename Fill>
void sendOne(RawSocket& socket, Fill&& fill) {
  capnp::MallocMessageBuilder message;
  fill(message.initRoot<wire::Message>());
  socket.sendMessage(message);
}

void returnTwice(RawSocket& socket) {
  uint32_t question = socket.nextCallOf(capnp::typeId<rpc::App>());
  for (int i = 0; i < 2; ++i) {
    sendOne(socket, [question](wire::Message::Builder message) {
      auto answer = message.initReturn();
      answer.setAnswerId(question);
      answer.initResults().getContent().initAs<rpc::App::FetchBatchResults>();
    });
  }
}

struct WireAct {
  std::string_view name;
  void (*run)(RawSocket& socket);
};

using Root = wire::Message::Builder;

// clang-format off: one act a line
const WireAct kActs[] = {
    // W12: frames
    {"segments-4294967296",
     [](RawSocket& s) {
       s.sendHalfWords({0xffffffff, 0xffffffff});
     }},
    {"segments-65",
     [](RawSocket& s) {
       s.sendHalfWords({64, 1});
     }},
    {"frame-32-gb",
     [](RawSocket& s) {
       s.sendHalfWords({0, 0xffffffff});
     }},
    {"frame-sum-of-sizes",
     [](RawSocket& s) {
       std::vector<uint32_t> t(66, 0x80000000);
       t[0] = 63;
       s.sendHalfWords(t);
     }},
    {"frame-of-nothing",
     [](RawSocket& s) {
       s.sendHalfWords({0, 0});
     }},
    {"frame-garbage", [](RawSocket& s) { s.sendBytes("GET / HTTP/1.1\r\nhost: a\r\n\r\n", 27); }},
    {"frame-never-whole",
     [](RawSocket& s) {
       s.sendHalfWords({0, 100'000, 1, 2});
     }},
    {"frame-cut-off",
     [](RawSocket& s) {
       s.sendHalfWords({0, 100, 1, 2});
       close(3);
     }},
    // W13: pointers
    {"void-list-in-an-answer", voidList<Carrier::kReturn>},
    {"void-list-in-a-call", voidList<Carrier::kCall>},
    {"empty-structs-in-an-answer", emptyStructs<Carrier::kReturn>},
    {"empty-structs-in-a-call", emptyStructs<Carrier::kCall>},
    {"loop-in-an-answer", pointerLoop<Carrier::kReturn>},
    {"loop-in-a-call", pointerLoop<Carrier::kCall>},
    {"far-in-an-answer", farOut<Carrier::kReturn>},
    {"far-in-a-call", farOut<Carrier::kCall>},
    {"far-loop-in-an-answer", farLoop<Carrier::kReturn>},
    {"far-loop-in-a-call", farLoop<Carrier::kCall>},
    {"out-of-bounds-in-an-answer", outOfBounds<Carrier::kReturn>},
    {"out-of-bounds-in-a-call", outOfBounds<Carrier::kCall>},
    // W15: answers nobody asked for
    {"return-unknown",
     [](RawSocket& s) { sendOne(s, [](Root m) { m.initReturn().setAnswerId(77'777); }); }},
    {"return-twice", returnTwice},
    {"return-from-other",
     [](RawSocket& s) {
       uint32_t q = s.nextCallOf(capnp::typeId<rpc::App>());
       sendOne(s, [q](Root m) {
         auto r = m.initReturn();
         r.setAnswerId(q);
         r.setTakeFromOtherQuestion(kFirstQuestion);
       });
     }},
    {"finish-unknown", [](RawSocket& s) { sendFinish(s, 77'777); }},
    {"release-too-often",
     [](RawSocket& s) {
       sendOne(s, [](Root m) {
         auto r = m.initRelease();
         r.setId(kHost);
         r.setReferenceCount(UINT32_MAX);
       });
     }},
    {"release-unknown",
     [](RawSocket& s) {
       sendOne(s, [](Root m) {
         auto r = m.initRelease();
         r.setId(77'777);
         r.setReferenceCount(1);
       });
     }},
    {"resolve-unknown",
     [](RawSocket& s) {
       sendOne(s, [](Root m) {
         auto r = m.initResolve();
         r.setPromiseId(77'777);
         r.initCap().setReceiverHosted(kHost);
       });
     }},
    {"disembargo",
     [](RawSocket& s) {
       sendOne(s, [](Root m) {
         auto d = m.initDisembargo();
         d.initTarget().setImportedCap(kHost);
         d.getContext().setReceiverLoopback(4711);
       });
     }},
    {"call-unknown-target",
     [](RawSocket& s) {
       capnp::MallocMessageBuilder m;
       initCall(m, kFirstQuestion).getTarget().setImportedCap(77'777);
       s.sendMessage(m);
     }},
    {"question-reused",
     [](RawSocket& s) {
       for (int i = 0; i < 2; ++i) {
         capnp::MallocMessageBuilder m;
         initCall(m, kFirstQuestion);
         s.sendMessage(m);
       }
     }},
    {"abort-message",
     [](RawSocket& s) {
       sendOne(s, [](Root m) { m.initAbort().setReason("\x1b[31m/etc/passwd\r\nforged line"); });
     }},
    {"provide",
     [](RawSocket& s) {
       sendOne(s, [](Root m) { m.initProvide().initTarget().setImportedCap(kHost); });
     }},
    {"unknown-message",
     [](RawSocket& s) { sendOne(s, [](Root m) { capnp::toAny(m).getDataSection()[0] = 200; }); }},
    // W17, W18: without end
    {"exports-without-end", manyExports},
    {"calls-without-finish", openCalls},
    {"calls-without-reading", floodWithoutReading},
    {"large-calls-without-end", largeCalls},
    {"calls-to-themselves", pipelinedCalls},
    // W15: an answer in another's name does not exist on this link; the nearest is no bootstrap.
    {"ask-for-bootstrap",
     [](RawSocket& s) {
       sendOne(s, [](Root m) { m.initBootstrap().setQuestionId(kFirstQuestion); });
     }},
};
// clang-format on

const WireAct* find(std::string_view act) {
  auto* found = std::find_if(std::begin(kActs), std::end(kActs),
                             [act](const WireAct& one) { return one.name == act; });
  return found == std::end(kActs) ? nullptr : found;
}

}  // namespace

bool isWireAct(std::string_view act) { return find(act) != nullptr; }

void runWireAct(std::string_view act) {
  // For a test that has to know when the socket is ours.
  constexpr std::string_view kReady = "evil: the socket is mine\n";
  ssize_t ignored [[maybe_unused]] = write(STDERR_FILENO, kReady.data(), kReady.size());
  RawSocket socket;
  find(act)->run(socket);
  waitForTheEnd();
}

}  // namespace nano::test
