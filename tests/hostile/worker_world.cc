#include "tests/hostile/worker_world.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <thread>

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "tests/harness/sanitized.h"
#include "tests/hostile/evil_start_bytes.h"

namespace nano::test {
namespace {

namespace fs = std::filesystem;

// Only a failure takes this long: an empty worker is ended within ten seconds.
constexpr std::chrono::seconds kPatience{20};
// Beside security's 5 %: what nanod lets the allocator keep (2 MB an arena), and the pages of the
// log's buffers.
constexpr double kRssSlack = 1.05;
constexpr size_t kRssSlackBytes = (6 << 20) + kKeptBySanitizer;

constexpr char kNeighbour[] = R"(
export default {
  fetch(request) { return new Response(new URL(request.url).searchParams.get('nonce')); },
};)";

std::string readFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<pid_t> childrenOf(pid_t pid) {
  std::vector<pid_t> children;
  std::error_code gone;
  for (auto& task : fs::directory_iterator("/proc/" + std::to_string(pid) + "/task", gone)) {
    std::istringstream pids(readFile(task.path().string() + "/children"));
    for (pid_t child; pids >> child;)
      children.push_back(child);
  }
  return children;
}

bool isZombie(pid_t pid) {
  std::string stat = readFile("/proc/" + std::to_string(pid) + "/stat");
  size_t name = stat.rfind(')');
  return name != std::string::npos && stat.compare(name + 1, 2, " Z") == 0;
}

// The most memory since the last time that this was set to what it is now.
size_t peakBytesOf(pid_t pid) {
  std::istringstream status(readFile("/proc/" + std::to_string(pid) + "/status"));
  size_t kilobytes = 0;
  for (std::string word; status >> word && word != "VmHWM:";) {
  }
  status >> kilobytes;
  return kilobytes << 10;
}

// proc(5), clear_refs: 5 sets the peak to what it is now.
void forgetPeakOf(pid_t pid) { std::ofstream("/proc/" + std::to_string(pid) + "/clear_refs") << 5; }

int kilobytes(size_t bytes) { return static_cast<int>(bytes >> 10); }

std::string nonceOf(unsigned number) { return "n" + std::to_string(number * 2654435761u); }

}  // namespace

StderrTo::StderrTo(const std::string& path) {
  int file;
  KJ_SYSCALL(file = open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600), path);
  kj::AutoCloseFd opened(file);
  int saved;
  KJ_SYSCALL(saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
  saved_ = kj::AutoCloseFd(saved);
  KJ_SYSCALL(dup2(file, STDERR_FILENO));
}

StderrTo::~StderrTo() { dup2(saved_, STDERR_FILENO); }

bool eventually(const std::function<bool()>& holds) {
  auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!holds()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  return true;
}

ProcessUse useOf(pid_t pid) {
  ProcessUse use;
  std::istringstream statm(readFile("/proc/" + std::to_string(pid) + "/statm"));
  size_t pages = 0;
  statm >> pages >> pages;
  use.rssBytes = pages * static_cast<size_t>(sysconf(_SC_PAGESIZE));
  std::error_code hidden;
  for ([[maybe_unused]] auto& fd :
       fs::directory_iterator("/proc/" + std::to_string(pid) + "/fd", hidden)) {
    use.descriptors++;
  }
  for (pid_t child : childrenOf(pid)) {
    use.children++;
    if (isZombie(child)) use.zombies++;
  }
  return use;
}

std::string makeEvilLibDirectory(const TestDirectory& directory) {
  std::string lib = directory.path() + "/lib";
  fs::create_directory(lib);
  for (auto& name : {"engine", "nano.snapshot", "nano.library", "nano-canary"}) {
    fs::create_symlink(fs::canonical(std::string(NANO_LIB_DIR) + "/" + name), lib + "/" + name);
  }
  fs::copy_file(std::string(NANO_LIB_DIR) + "/nano-evil-worker.so", lib + "/nano-worker.so");
  std::ofstream(lib + "/nano-worker.so", std::ios::binary | std::ios::app)
      << std::string(kStartActBytes, '\0');
  return lib;
}

void writeStartAct(const std::string& libDirectory, const std::string& act) {
  KJ_REQUIRE(act.size() < kStartActBytes);
  std::string padded = act;
  padded.resize(kStartActBytes, '\0');
  std::fstream file(libDirectory + "/nano-worker.so",
                    std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(-static_cast<std::streamoff>(kStartActBytes), std::ios::end);
  file << padded;
  file.close();
  KJ_ASSERT(file.good());
}

void expectOursOrBrokenOff(const HttpResponse& response) {
  if (!response.error.empty()) return;
  EXPECT_TRUE(response.status >= 500 && response.status <= 504) << response.status;
  // The HTTP side refuses a head that it cannot write with the status alone.
  EXPECT_TRUE(response.body.find("outcome: ") != std::string::npos ||
              response.body == "502 Bad Gateway\n")
      << response.body;
  for (auto& ours : {"/tmp", "/etc", ".cc", ".capnp", "kj::", "capnp", "worker.so", "stack"})
    EXPECT_EQ(response.body.find(ours), std::string::npos) << response.body;
}

WorkerWorld::WorkerWorld(std::vector<std::string> flags) {
  Nanod::Options options;
  options.flags = {"--lib-dir=" + makeEvilLibDirectory(directory_)};
  options.flags.insert(options.flags.end(), flags.begin(), flags.end());
  StderrTo log(directory_.path() + "/log");
  nanod_ = std::make_unique<Nanod>(options);
  pid_ = nanod_->pid();
  nanod_->deploy("neighbour", {{"index.js", kNeighbour}},
                 {"--tenant=calm", "--host=calm.example.test"});
  expectNeighbourIsServed(1);
}

ProgramResult WorkerWorld::tryDeploy(const std::string& act) {
  return nanod_->tryDeploy(
      "app",
      {{"index.js", appThatSays("the real worker")},
       {"wrangler.json", R"({"name":"app","main":"index.js","vars":{"EVIL":")" + act + "\"}}"}},
      {"--tenant=" + tenantOf(act), "--host=" + hostOf(act)});
}

void WorkerWorld::deploy(const std::string& act) {
  auto result = tryDeploy(act);
  ASSERT_EQ(result.exitCode, 0) << result.err << result.out;
  auto fine = get(act, "/fine");
  ASSERT_EQ(fine.body, "fine") << fine.status << fine.error;
  // A cordon's worker and the neighbour's, and a spare: nothing starts any more, and what tried the
  // app's start is gone.
  ASSERT_TRUE(eventually([this] {
    size_t workers = nanod_->status().value("workers", nlohmann::json::array()).size();
    auto use = useOf(pid_);
    bool settled = workers == 3 && use.zombies == 0 && use.children == baseline_.children &&
                   use.descriptors == baseline_.descriptors;
    baseline_ = use;
    return settled;
  }));
  forgetPeakOf(pid_);
}

pid_t WorkerWorld::workerOf(const std::string& act) const {
  auto status = nanod_->status();
  pid_t pid = 0;
  for (auto& worker : status.value("workers", nlohmann::json::array())) {
    auto cordon = worker.value("cordon", "");
    if (cordon == tenantOf(act) || cordon == tenantOf(act) + "/app") pid = worker.value("pid", 0);
  }
  return pid;
}

HttpResponse WorkerWorld::play(const std::string& act) const {
  HttpRequest request;
  request.method = "POST";
  request.host = hostOf(act);
  request.path = "/act";
  return sendRequest(nanod_->port(), request);
}

void WorkerWorld::setStartAct(const std::string& act) const {
  writeStartAct(directory_.path() + "/lib", act);
}

std::string WorkerWorld::log() const { return readFile(directory_.path() + "/log"); }

bool WorkerWorld::waitForLog(const std::string& text, size_t from) const {
  return eventually([this, &text, from] { return log().find(text, from) != std::string::npos; });
}

void WorkerWorld::expectNeighbourIsServed(int requests) {
  for (int i = 0; i < requests; i++) {
    std::string nonce = nonceOf(nonce_++);
    auto response = nanod_->get("calm.example.test", "/?nonce=" + nonce);
    ASSERT_EQ(response.body, nonce) << response.status << response.error;
  }
}

void WorkerWorld::expectUnharmed(const std::string& act) {
  expectNeighbourIsServed(20);
  EXPECT_TRUE(nanod_->isRunning());
  EXPECT_EQ(nanod_->pid(), pid_);
  EXPECT_TRUE(eventually([this, &act] { return get(act, "/fine").body == "fine"; }));
  expectNoLoss(baseline_);
  expectNeighbourIsServed(5);
}

void WorkerWorld::expectNoLoss(const ProcessUse& before) {
  auto most =
      static_cast<size_t>(static_cast<double>(before.rssBytes) * kRssSlack) + kRssSlackBytes;
  ProcessUse now;
  EXPECT_TRUE(eventually([this, &now, &before, most] {
    now = useOf(pid_);
    return now.zombies == 0 && now.descriptors == before.descriptors &&
           now.children == before.children && now.rssBytes <= most;
  })) << "memory "
      << before.rssBytes << " -> " << now.rssBytes << ", descriptors " << before.descriptors
      << " -> " << now.descriptors << ", children " << before.children << " -> " << now.children
      << ", zombies " << now.zombies;
  // In the report of --gtest_output.
  testing::Test::RecordProperty("nanodKbBefore", kilobytes(before.rssBytes));
  testing::Test::RecordProperty("nanodKbPeak", kilobytes(peakBytesOf(pid_)));
  testing::Test::RecordProperty("nanodKbAfter", kilobytes(now.rssBytes));
}

void WorkerWorld::retire(const std::string& act) {
  pid_t worker = workerOf(act);
  if (worker == 0) return;
  kill(worker, SIGKILL);
  EXPECT_TRUE(eventually([this, &act, worker] { return workerOf(act) != worker; }));
}

}  // namespace nano::test
