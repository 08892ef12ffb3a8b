#include "worker/evaluation.h"

#include "worker/worker_fixture.h"

namespace nano {
namespace {

class EvaluationTest : public testing::Test {
 protected:
  ~EvaluationTest() noexcept override = default;

  int run(const std::string& script) {
    char* outText = nullptr;
    char* errorText = nullptr;
    size_t outSize = 0;
    size_t errorSize = 0;
    FILE* out = open_memstream(&outText, &outSize);
    FILE* errors = open_memstream(&errorText, &errorSize);
    const int code = evaluate({loop_, TestEngine::get().contexts, limiter_, out, errors}, script);
    fclose(out);
    fclose(errors);
    out_ = outText;
    errors_ = errorText;
    free(outText);
    free(errorText);
    return code;
  }

  EventLoop loop_;
  ResourceLimiter limiter_;
  std::string out_, errors_;
};

TEST_F(EvaluationTest, PrintsWhatAnExpressionComesTo) {
  EXPECT_EQ(run("1 + 1"), 0);
  EXPECT_EQ(out_, "2\n");
  run("'a string'");
  EXPECT_EQ(out_, "a string\n");
  run("({ a: [1, 2] })");
  EXPECT_EQ(out_, "{ a: [ 1, 2 ] }\n");
}

TEST_F(EvaluationTest, PrintsNothingForUndefined) {
  EXPECT_EQ(run("let a = 1;"), 0);
  EXPECT_EQ(out_, "");
}

TEST_F(EvaluationTest, PrintsWhatAPromiseResolvesTo) {
  EXPECT_EQ(run("new Promise(resolve => setTimeout(() => resolve('later'), 5))"), 0);
  EXPECT_EQ(out_, "later\n");
}

TEST_F(EvaluationTest, RunsTimersToTheirEnd) {
  EXPECT_EQ(run("setTimeout(() => console.log('b'), 5); 'a'"), 0);
  EXPECT_EQ(out_, "a\nb\n");
}

TEST_F(EvaluationTest, SendsWarningsAndErrorsToTheOtherStream) {
  run("console.warn('w'); console.error('e'); console.info('i'); console.debug('d')");
  EXPECT_EQ(out_, "i\nd\n");
  EXPECT_EQ(errors_, "w\ne\n");
}

TEST_F(EvaluationTest, FailsWithTheErrorAndItsStack) {
  EXPECT_EQ(run("function f() {\n  throw new TypeError('no');\n}\nf()"), 1);
  EXPECT_EQ(out_, "");
  EXPECT_EQ(errors_, "TypeError: no\n    at f ([eval]:2:9)\n    at [eval]:4:1\n");
  EXPECT_EQ(run("Promise.reject(new RangeError('r'))"), 1);
  EXPECT_TRUE(errors_.starts_with("RangeError: r\n")) << errors_;
}

TEST_F(EvaluationTest, ShowsTheLineOfASyntaxError) {
  EXPECT_EQ(run("let a = 1;\nlet b = ;"), 1);
  EXPECT_TRUE(errors_.starts_with("[eval]:2\nlet b = ;\nSyntaxError: ")) << errors_;
}

TEST_F(EvaluationTest, FailsWhenThePromiseIsNeverSettled) {
  EXPECT_EQ(run("new Promise(() => {})"), 1);
  EXPECT_EQ(errors_, "The promise is never settled\n");
}

}  // namespace
}  // namespace nano
