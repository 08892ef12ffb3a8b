// One act after another of a worker that was taken over, played on one nanod; after each, the
// invariants. The acts are tests/hostile/evil_*.cc, the cases hostile-cases 4.5.

#include <algorithm>
#include <ostream>

#include <gtest/gtest.h>

#include "tests/hostile/worker_world.h"

namespace nano::test {
namespace {

enum class Fate { kLives, kDies };

struct Act {
  const char* name;
  Fate fate = Fate::kDies;
  // What nanod logs about it; null: nothing in particular.
  const char* logged = nullptr;
};
void PrintTo(const Act& act, std::ostream* out) { *out << act.name; }

std::string testName(const testing::TestParamInfo<Act>& info) {
  std::string name = info.param.name;
  std::replace(name.begin(), name.end(), '-', '_');
  return name;
}

class WorkerActTest : public testing::TestWithParam<Act> {
 protected:
  static void SetUpTestSuite() { world_ = std::make_unique<WorkerWorld>(); }
  static void TearDownTestSuite() { world_.reset(); }

  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(world_->deploy(act()));
    worker_ = world_->workerOf(act());
    ASSERT_NE(worker_, 0);
    mark_ = world_->mark();
  }
  void TearDown() override { world_->retire(act()); }

  static std::string act() { return GetParam().name; }

  void expectFate() {
    if (GetParam().fate == Fate::kDies) {
      EXPECT_TRUE(eventually([this] { return world_->workerOf(act()) != worker_; }))
          << world_->log().substr(mark_);
    } else {
      EXPECT_EQ(world_->workerOf(act()), worker_) << world_->log().substr(mark_);
    }
    if (GetParam().logged != nullptr) {
      EXPECT_TRUE(world_->waitForLog(GetParam().logged, mark_)) << world_->log().substr(mark_);
    }
    world_->expectUnharmed(act());
    // A terminal shows the log.
    std::string log = world_->log().substr(mark_);
    EXPECT_EQ(log.find('\x1b'), std::string::npos);
    EXPECT_EQ(log.find("\nforged line"), std::string::npos);
  }

  static std::unique_ptr<WorkerWorld> world_;
  pid_t worker_ = 0;
  size_t mark_ = 0;
};
std::unique_ptr<WorkerWorld> WorkerActTest::world_;

// --- what its answer says -----------------------------------------------------------------------

class RefusedAnswerTest : public WorkerActTest {};

TEST_P(RefusedAnswerTest, IsAnErrorOfOursToTheClient) {
  auto response = world_->play(act());
  expectOursOrBrokenOff(response);
  EXPECT_EQ(response.headers.count("set-cookie"), 0u);
  EXPECT_EQ(response.body.find("evil"), std::string::npos) << response.body;
  expectFate();
}

INSTANTIATE_TEST_SUITE_P(
    Heads, RefusedAnswerTest,
    testing::Values(Act{"status-0", Fate::kLives}, Act{"status-99", Fate::kLives},
                    Act{"status-101", Fate::kLives}, Act{"status-600", Fate::kLives},
                    Act{"status-65535", Fate::kLives}, Act{"outcome-0", Fate::kLives},
                    Act{"outcome-65535", Fate::kLives}, Act{"outcome-worker-died", Fate::kLives},
                    Act{"ok-without-response", Fate::kLives},
                    Act{"header-value-crlf", Fate::kLives}, Act{"header-value-lf", Fate::kLives},
                    Act{"header-value-nul", Fate::kLives}, Act{"header-name-crlf", Fate::kLives},
                    Act{"header-name-colon", Fate::kLives}, Act{"header-name-space", Fate::kLives},
                    Act{"header-name-empty", Fate::kLives}, Act{"headers-129", Fate::kLives},
                    Act{"headers-10000", Fate::kLives}, Act{"headers-200-kb", Fate::kLives},
                    Act{"status-text-crlf", Fate::kLives}, Act{"stream-throws", Fate::kLives},
                    Act{"length-too-large", Fate::kLives}),
    testName);

INSTANTIATE_TEST_SUITE_P(
    Calls, RefusedAnswerTest,
    testing::Values(Act{"throw", Fate::kDies, "it failed a call that cannot fail"},
                    Act{"unknown-id", Fate::kDies, "it answered a request that it does not have"},
                    Act{"largest-id", Fate::kDies, "it answered a request that it does not have"},
                    Act{"call-flood"}, Act{"unknown-method"}, Act{"unknown-interface"},
                    Act{"many-answers", Fate::kDies,
                        "it answered a request that it does not have"}),
    testName);

// --- what it does to its process (W04, W08-W10, W19) --------------------------------------------

INSTANTIATE_TEST_SUITE_P(
    Ends, RefusedAnswerTest,
    testing::Values(Act{"exit-0", Fate::kDies, "exit"}, Act{"exit-1", Fate::kDies, "exit"},
                    Act{"abort", Fate::kDies, "(engine_fatal)"},
                    Act{"illegal", Fate::kDies, "(engine_fatal)"},
                    Act{"segv", Fate::kDies, "ALARM: worker"},
                    Act{"spin", Fate::kDies, "it is stuck"}, Act{"close-link"},
                    Act{"shutdown-link"},
                    Act{"send-1-descriptor", Fate::kDies, "the peer sent file descriptors"},
                    Act{"send-10-descriptors", Fate::kDies, "the peer sent file descriptors"},
                    Act{"send-253-descriptors", Fate::kDies, "the peer sent file descriptors"}),
    testName);

constexpr Act forbidden(const char* name) { return {name, Fate::kDies, "ALARM: worker"}; }

INSTANTIATE_TEST_SUITE_P(
    SystemCalls, RefusedAnswerTest,
    testing::Values(forbidden("syscall-socket_inet"), forbidden("syscall-socket_unix"),
                    forbidden("syscall-connect"), forbidden("syscall-execve"),
                    forbidden("syscall-execveat"), forbidden("syscall-fork"),
                    forbidden("syscall-thread"), forbidden("syscall-clone3"),
                    forbidden("syscall-ptrace"), forbidden("syscall-process_vm_readv"),
                    forbidden("syscall-kill_all"), forbidden("syscall-openat2"),
                    forbidden("syscall-memfd_create"), forbidden("syscall-mmap_code"),
                    forbidden("syscall-mmap_fd"), forbidden("syscall-ftruncate"),
                    forbidden("syscall-unshare_user"), forbidden("syscall-io_uring_setup"),
                    forbidden("syscall-bpf"), forbidden("syscall-userfaultfd"),
                    forbidden("syscall-fcntl_dupfd"), forbidden("syscall-rt_sigaction")),
    testName);

// --- answers that are whole all the same, or never are -------------------------------------------

class OddAnswerTest : public WorkerActTest {};

TEST_P(OddAnswerTest, ReachesItsClientInFramingOfOurs) {
  auto response = world_->play(act());
  EXPECT_EQ(response.status, 200) << response.error;
  EXPECT_EQ(response.headers.count("set-cookie"), 0u);
  expectFate();
}

INSTANTIATE_TEST_SUITE_P(
    Whole, OddAnswerTest,
    testing::Values(Act{"framing-chunked", Fate::kLives}, Act{"framing-length", Fate::kLives},
                    Act{"framing-connection", Fate::kLives}, Act{"cpu-lie", Fate::kLives},
                    Act{"length-negative", Fate::kLives}, Act{"log-flood", Fate::kLives},
                    Act{"log-lies", Fate::kLives}, Act{"flood-output", Fate::kLives},
                    Act{"syscall-open_passwd", Fate::kLives},
                    Act{"twice", Fate::kDies, "it answered a request that it does not have"},
                    Act{"twice-late", Fate::kDies, "it answered a request that it does not have"},
                    Act{"answer-then-batch", Fate::kDies,
                        "it answered a request that it does not have"}),
    testName);

class UnfinishedAnswerTest : public WorkerActTest {};

TEST_P(UnfinishedAnswerTest, GoesNoFurtherThanItsClientReads) {
  RawConnection client(world_->nanod().port());
  client.send("GET /act HTTP/1.1\r\nHost: " + WorkerWorld::hostOf(act()) + "\r\n\r\n");
  EXPECT_TRUE(client.receiveUntil("\r\n\r\n").starts_with("HTTP/1.1 200"));
  world_->expectNeighbourIsServed(20);
  client.close();
  expectFate();
}

INSTANTIATE_TEST_SUITE_P(Streams, UnfinishedAnswerTest,
                         testing::Values(Act{"stream-endless", Fate::kLives},
                                         Act{"stream-silent", Fate::kLives}),
                         testName);

class BrokenBodyTest : public WorkerActTest {};

TEST_P(BrokenBodyTest, IsVisiblyBrokenOff) {
  auto response = world_->play(act());
  EXPECT_NE(response.error, "") << response.status << " " << response.body.size();
  // By nanod, not by the client's patience.
  EXPECT_EQ(response.error.find("imeout"), std::string::npos) << response.error;
  expectFate();
}

constexpr char kUnaskedPiece[] = "a piece of a body that was not asked for";

INSTANTIATE_TEST_SUITE_P(Streams, BrokenBodyTest,
                         testing::Values(Act{"stream-too-much", Fate::kDies, kUnaskedPiece},
                                         Act{"stream-nothing", Fate::kDies, kUnaskedPiece},
                                         Act{"length-enormous", Fate::kLives},
                                         Act{"length-too-small", Fate::kLives}),
                         testName);

// --- what it writes on the socket (W12, W13, W15, W17, W18) --------------------------------------

class WireActTest : public WorkerActTest {};

TEST_P(WireActTest, CutsItsOwnLinkAndNothingElse) {
  RawConnection first(world_->nanod().port());
  first.send("POST /act HTTP/1.1\r\nHost: " + WorkerWorld::hostOf(act()) +
             "\r\nContent-Length: 0\r\n\r\n");
  ASSERT_TRUE(world_->waitForLog("evil: the socket is mine", mark_));
  // What some acts wait for: a call to answer.
  auto second = world_->play(act());
  expectOursOrBrokenOff(second);
  std::string head = first.receiveUntil("\r\n");
  EXPECT_TRUE(head.empty() || head.starts_with("HTTP/1.1 50")) << head;
  first.close();
  expectFate();
}

constexpr Act closes(const char* name, const char* reason = "its RPC link is closed") {
  return {name, Fate::kDies, reason};
}

INSTANTIATE_TEST_SUITE_P(
    Frames, WireActTest,
    testing::Values(closes("segments-4294967296", "a message with too many segments"),
                    closes("segments-65", "a message with too many segments"),
                    closes("frame-32-gb", "a message larger than the limit"),
                    closes("frame-sum-of-sizes", "a message larger than the limit"),
                    closes("frame-of-nothing"),
                    closes("frame-garbage", "a message with too many segments"),
                    closes("frame-never-whole", "it is stuck"),
                    closes("frame-cut-off", "the peer closed the link within a message")),
    testName);

// A loop can be read: as far as the schema goes it is an answer to request 0, refused for what it
// says, and its sender is silent from then on.
constexpr char kUnreadable[] = "a call of its cannot be read";

INSTANTIATE_TEST_SUITE_P(Pointers, WireActTest,
                         testing::Values(closes("void-list-in-an-answer", "is killed"),
                                         closes("empty-structs-in-an-answer", "is killed"),
                                         closes("loop-in-an-answer", "is killed"),
                                         closes("far-in-an-answer", "is killed"),
                                         closes("far-loop-in-an-answer", "is killed"),
                                         closes("out-of-bounds-in-an-answer", "is killed"),
                                         closes("void-list-in-a-call", kUnreadable),
                                         closes("empty-structs-in-a-call", kUnreadable),
                                         closes("loop-in-a-call", "is killed"),
                                         closes("far-in-a-call", kUnreadable),
                                         closes("far-loop-in-a-call", kUnreadable),
                                         closes("out-of-bounds-in-a-call", kUnreadable)),
                         testName);

INSTANTIATE_TEST_SUITE_P(Messages, WireActTest,
                         testing::Values(closes("return-unknown"), closes("return-twice"),
                                         closes("return-from-other"), closes("finish-unknown"),
                                         closes("release-too-often"), closes("release-unknown"),
                                         closes("resolve-unknown", "is killed"),
                                         closes("disembargo", "is killed"),
                                         closes("call-unknown-target"), closes("question-reused"),
                                         closes("abort-message"), closes("provide", "is killed"),
                                         closes("unknown-message", "is killed"),
                                         closes("ask-for-bootstrap", "is killed")),
                         testName);

// Exports of a call that is done are released, so they add up to nothing: it is the heartbeat that
// misses its answer.
INSTANTIATE_TEST_SUITE_P(WithoutEnd, WireActTest,
                         testing::Values(closes("exports-without-end", "is killed"),
                                         closes("calls-without-finish", "too many open calls"),
                                         closes("calls-without-reading", "is killed"),
                                         closes("large-calls-without-end", "is killed"),
                                         closes("calls-to-themselves")),
                         testName);

}  // namespace
}  // namespace nano::test
