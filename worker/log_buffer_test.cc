#include "worker/log_buffer.h"

#include "worker/worker_fixture.h"

namespace nano {
namespace {

// Keeps what it is sent waiting until it is told to go on.
class SlowHost final : public rpc::AppHost::Server {
 public:
  size_t calls = 0;
  size_t lines = 0;
  std::string last;
  std::vector<kj::Own<kj::PromiseFulfiller<void>>> waiting;

 protected:
  kj::Promise<void> log(LogContext context) override {
    ++calls;
    for (auto line : context.getParams().getLines()) {
      ++lines;
      last = line.getMessage().cStr();
    }
    auto paf = kj::newPromiseAndFulfiller<void>();
    waiting.push_back(kj::mv(paf.fulfiller));
    return kj::mv(paf.promise);
  }
};

class LogBufferTest : public testing::Test {
 protected:
  LogBufferTest() {
    auto host = kj::heap<SlowHost>();
    host_ = host.get();
    buffer_ = std::make_unique<LogBuffer>(kj::mv(host));
  }
  ~LogBufferTest() noexcept override = default;

  void add(std::string_view text) {
    LogBudget budget;
    buffer_->add(budget, "id", LogLevel::kLog, text, 0);
  }

  EventLoop loop_;
  SlowHost* host_;
  std::unique_ptr<LogBuffer> buffer_;
};

TEST_F(LogBufferTest, SendsTheLinesOfATurnInOneCall) {
  add("one");
  add("two");
  buffer_->flush();
  loop_.runOnce();
  EXPECT_EQ(host_->calls, 1u);
  EXPECT_EQ(host_->lines, 2u);
  EXPECT_TRUE(buffer_->empty());
}

TEST_F(LogBufferTest, KeepsACallBelowItsLimit) {
  for (int i = 0; i < 100; ++i)
    add(std::string(4000, 'x'));
  buffer_->flush();
  loop_.runOnce();
  EXPECT_EQ(host_->calls, 2u);
  EXPECT_EQ(host_->lines, 100u);
}

TEST_F(LogBufferTest, DropsLinesAndSaysSoWhileTheSupervisorIsBehind) {
  for (int i = 0; i < 10; ++i) {
    add("small");
    buffer_->flush();
  }
  loop_.runOnce();
  EXPECT_EQ(host_->calls, 4u);
  for (int i = 0; i < 400; ++i)
    add(std::string(4000, 'y'));
  for (int i = 0; i < 20; ++i) {
    for (auto& waiting : host_->waiting)
      waiting->fulfill();
    loop_.runOnce();
    buffer_->flush();
    loop_.runOnce();
  }
  EXPECT_TRUE(buffer_->empty());
  EXPECT_LT(host_->lines, 300u);
  add("after");
  buffer_->flush();
  loop_.runOnce();
  EXPECT_EQ(host_->last, "after");
}

TEST_F(LogBufferTest, CutsALineBetweenCharacters) {
  std::string text(kMaxLogLineBytes - 1, 'a');
  text += "\xE2\x82\xAC";
  add(text);
  buffer_->flush();
  loop_.runOnce();
  EXPECT_EQ(host_->last, std::string(kMaxLogLineBytes - 1, 'a') + " ... (line truncated)");
}

}  // namespace
}  // namespace nano
