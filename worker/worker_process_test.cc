// The real program in its real sandbox, started as the supervisor starts it.

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "protocol/process.h"
#include "sandbox/spawn.h"
#include "snapshot/content_codings_test.h"
#include "worker/test_bodies.h"
#include "worker/worker_fixture.h"

namespace nano {
namespace {

std::string libFile(const char* name) { return std::string(getenv("NANO_LIB_DIR")) + "/" + name; }

kj::AutoCloseFd openFile(const std::string& path) {
  int fd = -1;
  KJ_SYSCALL(fd = open(path.c_str(), O_RDONLY | O_CLOEXEC), path.c_str());
  return kj::AutoCloseFd(fd);
}

class WorkerProcessTest : public testing::Test {
 protected:
  WorkerProcessTest() : WorkerProcessTest(std::vector<std::string>{}) {}
  explicit WorkerProcessTest(const std::vector<std::string>& flags)
      : sockets_(makeRpcSocketPair()) {
    const char* snapshotPath = getenv("NANO_SNAPSHOT");
    kj::AutoCloseFd engine = openFile(libFile("engine"));
    kj::AutoCloseFd program = openFile(libFile("nano-worker.so"));
    kj::AutoCloseFd snapshot =
        openFile(snapshotPath == nullptr ? libFile("nano.snapshot") : snapshotPath);
    kj::AutoCloseFd library = openFile(libFile("nano.library"));
    kj::AutoCloseFd null = openFile("/dev/null");
    int pipes[2];
    KJ_SYSCALL(pipe2(pipes, O_CLOEXEC));
    log_ = kj::AutoCloseFd(pipes[0]);
    kj::AutoCloseFd logEnd(pipes[1]);
    SpawnSpec spec;
    spec.programFd = engine;
    spec.arguments = {"nano-worker"};
    spec.arguments.insert(spec.arguments.end(), flags.begin(), flags.end());
    spec.environment = {"LD_PRELOAD=/proc/self/fd/6"};
    spec.descriptors = {null, logEnd, logEnd, sockets_.workerEnd, snapshot, library, program};
    child_ = std::make_unique<Child>(spawn(spec));
    sockets_.workerEnd = nullptr;
    link_ = std::make_unique<RpcLink>(loop_, kj::mv(sockets_.supervisorEnd),
                                      RpcLink::Side::kSupervisor);
  }
  ~WorkerProcessTest() noexcept override = default;

  rpc::Worker::Client worker() { return link_->bootstrap().castAs<rpc::Worker>(); }
  // What the process wrote until it ended.
  std::string logText() {
    std::string text;
    char buffer[4096];
    ssize_t size;
    while ((size = read(log_, buffer, sizeof buffer)) > 0) {
      text.append(buffer, static_cast<size_t>(size));
    }
    return text;
  }

  EventLoop loop_;
  RpcSocketPair sockets_;
  kj::AutoCloseFd log_;
  std::unique_ptr<Child> child_;
  std::unique_ptr<RpcLink> link_;
};

TEST_F(WorkerProcessTest, ServesAnAppBehindItsSyscallFilter) {
  auto hello = worker().helloRequest().send();
  kj::Maybe<kj::Exception> failed = kj::runCatchingExceptions([this, &hello]() {
    auto response =
        loop_.run(kj::Promise<capnp::Response<rpc::Worker::HelloResults>>(kj::mv(hello)));
    EXPECT_EQ(response.getReport().getSeccompMode(), 2u);
    EXPECT_TRUE(response.getReport().getNoNewPrivs());
    EXPECT_EQ(response.getReport().getCapabilitiesEffective(), 0u);
  });
  KJ_IF_MAYBE(exception, failed) {
    FAIL() << exception->getDescription().cStr() << "\n" << logText();
  }
  TestApp app(loop_, worker(),
              TestVersion::handling("return new Response(new Date(0).toString() + "
                                    "new Intl.DateTimeFormat('fr').format(0))"));
  ASSERT_EQ(app.outcome, rpc::Outcome::OK) << app.message;
  EXPECT_EQ(app.fetch().body,
            "Thu Jan 01 1970 00:00:00 GMT+0000 (Coordinated Universal Time)01/01/1970");
  TestApp other(loop_, worker(), TestVersion::handling("for (;;) {}"));
  EXPECT_EQ(other.fetch().outcome, rpc::Outcome::EXCEEDED_CPU);
  EXPECT_EQ(other.fetch().outcome, rpc::Outcome::EXCEEDED_CPU);
}

TEST_F(WorkerProcessTest, DecodesAndChecksWhatItFetchesBehindItsSyscallFilter) {
  TestVersion version = TestVersion::handling(
      "const integrity = request.headers.get('x-integrity');"
      "const r = await fetch('http://up.test/', { integrity });"
      "return new Response(String((await r.text()).length))");
  version.limits.set(rpc::Limit::CPU, 10'000);
  TestApp app(loop_, worker(), version);
  ASSERT_EQ(app.outcome, rpc::Outcome::OK) << app.message;
  std::string text;
  for (int i = 0; i < 200'000; ++i)
    text += std::to_string(i * 7919);
  const std::string size = std::to_string(text.size());
  for (const auto& [coding, data] :
       {std::pair("gzip", gzipOf(text)), std::pair("br", brotliOf(text)),
        std::pair("zstd", zstdOf(text))}) {
    TestReply reply = app.fetchThrough(
        {}, {.headers = {{"content-encoding", coding}}, .stream = sourceOf({data})});
    EXPECT_EQ(reply.body, size) << coding << app.allLines();
  }
  TestReply checked = app.fetchThrough(
      {.headers = {{"x-integrity", "sha256-LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="}}},
      {.body = "hello"});
  EXPECT_EQ(checked.body, "5") << app.allLines();
}

class JitlessWorkerTest : public WorkerProcessTest {
 protected:
  JitlessWorkerTest() : WorkerProcessTest({kJitlessFlag}) {}
  ~JitlessWorkerTest() noexcept override = default;

  std::vector<std::string> layers() {
    auto hello = worker().helloRequest().send();
    auto response =
        loop_.run(kj::Promise<capnp::Response<rpc::Worker::HelloResults>>(kj::mv(hello)));
    std::vector<std::string> names;
    for (auto layer : response.getReport().getLayers())
      names.emplace_back(layer.cStr());
    return names;
  }
};

TEST_F(JitlessWorkerTest, RunsJavaScriptWithoutWebAssembly) {
  kj::Maybe<kj::Exception> failed = kj::runCatchingExceptions([this]() {
    auto names = layers();
    EXPECT_NE(std::find(names.begin(), names.end(), kJitlessLayer), names.end());
  });
  KJ_IF_MAYBE(exception, failed) {
    FAIL() << exception->getDescription().cStr() << "\n" << logText();
  }
  TestApp app(loop_, worker(), TestVersion::handling(R"js(
    let sum = 0;
    for (let i = 0; i < 300000; ++i) sum = (sum + i * 3) % 1000003;
    const text = 'ab-cd'.replace(/(?<first>[a-z]+)-/u, '$<first>+');
    return new Response([sum, text, typeof WebAssembly].join(' '));
  )js"));
  ASSERT_EQ(app.outcome, rpc::Outcome::OK) << app.message;
  EXPECT_EQ(app.fetch().body, "145003 ab+cd undefined");
  TestApp wasm(loop_, worker(),
               TestVersion{{{"index.js", "import add from './add.wasm';"},
                            {"add.wasm", "x", rpc::Module::Kind::WASM}}});
  EXPECT_EQ(wasm.outcome, rpc::Outcome::STARTUP_FAILED);
  EXPECT_NE(wasm.message.find("jitless, which has no WebAssembly"), std::string::npos)
      << wasm.message;
  TestVersion codegen = TestVersion::handling(
      "return new Response(eval('1 + 1') + new Function('return typeof WebAssembly')())");
  codegen.codegen = true;
  EXPECT_EQ(TestApp(loop_, worker(), codegen).fetch().body, "2undefined");
  TestApp rewriter(loop_, worker(),
                   TestVersion::handling("try { new HTMLRewriter().on('p', {}); } catch (error) { "
                                         "return new Response(error.message); }"));
  EXPECT_NE(rewriter.fetch().body.find("code profile jitless"), std::string::npos);
  TestApp endless(loop_, worker(), TestVersion::handling("for (;;) {}"));
  EXPECT_EQ(endless.fetch().outcome, rpc::Outcome::EXCEEDED_CPU);
}

}  // namespace
}  // namespace nano
