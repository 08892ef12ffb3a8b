// Histories made up to break each promise in each way: a checker that finds nothing proves nothing.

#include "tests/soak/checker.h"

#include <gtest/gtest.h>

namespace nano::soak {
namespace {

constexpr AppIndex kShop = 0;
constexpr AppIndex kBlog = 1;

class CheckerTest : public testing::Test {
 protected:
  CheckerTest() {
    history_.apps = {{"shop", "shop.test", "red"}, {"blog", "blog.test", "blue"}};
    deploy(kShop, 1, 0, 10);
    deploy(kBlog, 1, 0, 10);
  }

  Deploy& deploy(AppIndex app, uint32_t version, Micros start, Micros end) {
    return history_.deploys.emplace_back(Deploy{app, version, start, end});
  }

  // A request to the shop that is answered as it should be.
  Answer& answer(Micros start, Micros end, uint32_t version = 1) {
    auto& made = history_.answers.emplace_back();
    made.app = made.answeredBy = kShop;
    made.status = 200;
    made.version = version;
    made.nonce = made.answeredNonce = history_.answers.size();
    made.start = start;
    made.end = end;
    made.bodyHash = made.expectedHash = 77;
    return made;
  }

  // One that nanod answered itself.
  Answer& refusal(Micros start, Micros end, uint16_t status) {
    auto& made = answer(start, end);
    made.answeredBy = kNobody;
    made.status = status;
    made.version = 0;
    made.answeredNonce = made.bodyHash = made.expectedHash = 0;
    return made;
  }

  Fault& fault(const std::string& cordon, Micros start, Micros end) {
    Fault made;
    made.kind = "SIGKILL";
    made.cordon = cordon;
    made.start = start;
    made.end = end;
    return history_.faults.emplace_back(made);
  }

  // The one violation; null where there is none or several.
  const Violation* theViolation() {
    found_ = judge(history_);
    return found_.size() == 1 ? &found_[0] : nullptr;
  }

  void expectViolation(Promise promise, const std::string& what) {
    auto* violation = theViolation();
    ASSERT_NE(violation, nullptr) << found_.size() << " violations";
    EXPECT_EQ(violation->promise, promise) << violation->what;
    EXPECT_NE(violation->what.find(what), std::string::npos) << violation->what;
  }

  History history_;
  std::vector<Violation> found_;
};

TEST_F(CheckerTest, FindsNothingInAHistoryWithoutFaults) {
  answer(20, 30);
  deploy(kShop, 2, 40, 60);
  answer(45, 50, 1);
  answer(45, 52, 2);
  answer(61, 70, 2);
  EXPECT_TRUE(judge(history_).empty());
}

TEST_F(CheckerTest, FindsAnotherAppsAnswer) {
  answer(20, 30).answeredBy = kBlog;
  expectViolation(Promise::kOwnAnswer, "another app's");
}

TEST_F(CheckerTest, FindsAnotherRequestsAnswer) {
  answer(20, 30).answeredNonce = 12345;
  expectViolation(Promise::kOwnAnswer, "another request's");
}

TEST_F(CheckerTest, FindsAnotherBodyInAWholeAnswer) {
  answer(20, 30).bodyHash = 78;
  expectViolation(Promise::kOwnAnswer, "as if whole");
}

TEST_F(CheckerTest, FindsForeignBytesInABrokenOffAnswer) {
  fault("red", 15, 40);
  auto& broken = answer(20, 30);
  broken.ending = Ending::kBrokenOff;
  broken.bodyHash = 78;
  expectViolation(Promise::kOwnAnswer, "broken off");
}

TEST_F(CheckerTest, FindsForeignBytesInAnAnswerTheClientLeft) {
  auto& left = answer(20, 30);
  left.ending = Ending::kAborted;
  left.bodyHash = 78;
  expectViolation(Promise::kOwnAnswer, "not its own");
}

TEST_F(CheckerTest, FindsASuccessThatNoAppGave) {
  refusal(20, 30, 200);
  expectViolation(Promise::kOwnAnswer, "no app");
}

TEST_F(CheckerTest, FindsARequestThatHangsEvenDuringAFault) {
  fault("red", 15, 40);
  refusal(20, 30, 0).ending = Ending::kTimedOut;
  expectViolation(Promise::kOwnAnswer, "never answered");
}

TEST_F(CheckerTest, FindsWhatIsNoHttpEvenDuringAFault) {
  fault("red", 15, 40);
  refusal(20, 30, 0).ending = Ending::kMalformed;
  expectViolation(Promise::kOwnAnswer, "no HTTP");
}

TEST_F(CheckerTest, FindsAnOlderVersionAfterOk) {
  deploy(kShop, 2, 40, 60);
  answer(61, 70, 1);
  expectViolation(Promise::kDeployOrder, "after the newer one's ok");
}

TEST_F(CheckerTest, AcceptsTheOldVersionInARequestThatStartedBeforeOk) {
  deploy(kShop, 2, 40, 60);
  answer(59, 300, 1);
  EXPECT_TRUE(judge(history_).empty());
}

TEST_F(CheckerTest, FindsAVersionThatWasNeverDeployed) {
  answer(20, 30, 9);
  expectViolation(Promise::kDeployOrder, "never deployed");
}

TEST_F(CheckerTest, FindsAVersionBeforeItsDeployBegan) {
  deploy(kShop, 2, 40, 60);
  answer(20, 30, 2);
  expectViolation(Promise::kDeployOrder, "before its deploy");
}

TEST_F(CheckerTest, FindsARefusedVersionOnceItsDeployIsOver) {
  deploy(kShop, 2, 40, 60).result = Deploy::Result::kRefused;
  answer(50, 55, 2);  // In flight: either may answer.
  EXPECT_TRUE(judge(history_).empty());
  answer(61, 70, 2);
  expectViolation(Promise::kDeployOrder, "refused");
}

TEST_F(CheckerTest, ARefusedVersionDoesNotReplaceTheLiveOne) {
  deploy(kShop, 2, 40, 60).result = Deploy::Result::kRefused;
  answer(61, 70, 1);
  EXPECT_TRUE(judge(history_).empty());
}

TEST_F(CheckerTest, FindsTheWayBackWithinADeploy) {
  deploy(kShop, 2, 40, 600);
  answer(45, 50, 2);
  answer(51, 55, 1);
  expectViolation(Promise::kDeployOrder, "after a newer one had answered");
}

TEST_F(CheckerTest, FindsAFailureWithoutAFault) {
  refusal(20, 30, 503);
  expectViolation(Promise::kNeighboursUnhurt, "without a fault");
}

TEST_F(CheckerTest, FindsAFailureBesideAnothersFault) {
  fault("blue", 15, 40);
  refusal(20, 30, 502);
  expectViolation(Promise::kNeighboursUnhurt, "without a fault");
}

TEST_F(CheckerTest, AcceptsAFailureDuringItsOwnCordonsFault) {
  fault("red", 15, 40);
  refusal(10, 16, 502);
  refusal(39, 50, 503);
  answer(20, 30).ending = Ending::kBrokenOff;
  EXPECT_TRUE(judge(history_).empty());
}

TEST_F(CheckerTest, FindsAFailureAfterItsCordonAnsweredAgain) {
  fault("red", 15, 40);
  refusal(41, 50, 503);
  expectViolation(Promise::kNeighboursUnhurt, "without a fault");
}

TEST_F(CheckerTest, FindsAnAnswerThatAFaultDoesNotExplain) {
  fault("red", 15, 40);
  refusal(20, 30, 404);
  expectViolation(Promise::kNeighboursUnhurt, "status 404");
}

TEST_F(CheckerTest, FindsAnExceptionInAnAppBesideTheOneThatDidIt) {
  fault("red", 15, 40).app = kBlog;
  refusal(20, 30, 500);
  expectViolation(Promise::kNeighboursUnhurt, "status 500");
}

TEST_F(CheckerTest, FindsAWholeAnswerBrokenOffInPeace) {
  answer(20, 30).ending = Ending::kBrokenOff;
  expectViolation(Promise::kNeighboursUnhurt, "without a fault");
}

TEST_F(CheckerTest, FindsACordonThatNeverAnswersAgain) {
  fault("red", 15, 40).result = Fault::Result::kStillDown;
  expectViolation(Promise::kNeighboursUnhurt, "never answered again");
}

constexpr Vitals kBlank{100, 20'000, 20, 1, 0};
constexpr Vitals kBusy{100, 24'000, 50, 4, 0};

TEST(VitalsTest, FindsNothingWhereAllIsAsBefore) {
  EXPECT_TRUE(judgeVitals({kBlank, kBusy, kBusy}).empty());
}

TEST(VitalsTest, FindsAnotherPid) {
  Vitals end = kBusy;
  end.pid = 101;
  EXPECT_EQ(judgeVitals({kBlank, kBusy, end}).size(), 1U);
  end.pid = 0;
  EXPECT_EQ(judgeVitals({kBlank, kBusy, end}).size(), 1U);
}

TEST(VitalsTest, FindsZombies) {
  Vitals end = kBusy;
  end.zombies = 1;
  EXPECT_EQ(judgeVitals({kBlank, kBusy, end}).size(), 1U);
}

TEST(VitalsTest, FindsMemoryThatGrew) {
  Vitals end = kBusy;
  end.rssKilobytes = 40'000;
  EXPECT_EQ(judgeVitals({kBlank, kBusy, end}).size(), 1U);
}

TEST(VitalsTest, FindsDescriptorsThatGrewBeyondTheWorkers) {
  Vitals end = kBusy;
  end.descriptors = 60;  // Ten a worker: one worker more explains it.
  end.workers = 5;
  EXPECT_TRUE(judgeVitals({kBlank, kBusy, end}).empty());
  end.workers = 4;
  EXPECT_EQ(judgeVitals({kBlank, kBusy, end}).size(), 1U);
}

}  // namespace
}  // namespace nano::soak
