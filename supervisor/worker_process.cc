#include "supervisor/worker_process.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>

#include <glog/logging.h>
#include <kj/debug.h>

#include "protocol/limits.h"
#include "protocol/process.h"
#include "sandbox/process_status.h"
#include "sandbox/spawn.h"
#include "supervisor/process_log.h"

namespace nano {

namespace {

// A silent worker that has used so much CPU time meanwhile was computing.
constexpr kj::Duration kBusySilence = 100 * kj::MILLISECONDS;

// A dying process closes its link a moment before its end is known: only one that lives on without
// a link is at fault.
constexpr kj::Duration kEndAfterLink = 100 * kj::MILLISECONDS;

struct Pipe {
  kj::AutoCloseFd readEnd;
  kj::AutoCloseFd writeEnd;
};

Pipe makePipe() {
  int fds[2];
  KJ_SYSCALL(pipe2(fds, O_CLOEXEC));
  Pipe pipe{kj::AutoCloseFd(fds[0]), kj::AutoCloseFd(fds[1])};
  // Only our end: the worker's writes may wait for us, ours may not wait for it.
  KJ_SYSCALL(fcntl(pipe.readEnd, F_SETFL, O_NONBLOCK));
  return pipe;
}

// A worker has three: for JavaScript, for V8's background work, for CPU limits; and two to spare
// (security 3.1).
constexpr uint32_t kMostThreads = 5;

std::unique_ptr<WorkerCgroup> makeCgroup(const WorkerSettings& settings) {
  if (settings.cgroups == nullptr) return withoutCgroups()->addWorker();
  auto group = settings.cgroups->addWorker();
  group->setPidsLimit(kMostThreads);
  group->setCpuQuota(settings.limits.cpuPercent);
  return group;
}

// What a worker is started as, and in.
struct Placement {
  CodeProfile code;
  const WorkerCgroup& cgroup;
};

Child start(const WorkerSettings& settings, const Placement& placement, int rpcFd,
            std::unique_ptr<WorkerOutput>& output, EventLoop& loop) {
  auto pipe = makePipe();
  SpawnSpec spec;
  spec.programFd = settings.files.engine;
  spec.arguments = {"nano-worker"};
  for (Layer layer : settings.weakened) {
    spec.arguments.push_back(std::string(kWeakenFlag) + std::string(layerName(layer)));
  }
  if (placement.code == CodeProfile::kJitless) spec.arguments.emplace_back(kJitlessFlag);
  static_assert(kRpcFd == 3 && kSnapshotFd == 4 && kLibraryFd == 5 && kProgramFd == 6);
  spec.environment = {"LD_PRELOAD=/proc/self/fd/" + std::to_string(kProgramFd)};
  spec.descriptors = {settings.files.devNull,  pipe.writeEnd,          pipe.writeEnd,         rpcFd,
                      settings.files.snapshot, settings.files.library, settings.files.program};
  spec.weakened = settings.weakened;
  spec.cgroup = placement.cgroup.placement();
  auto child = spawn(spec);
  output = std::make_unique<WorkerOutput>(loop, kj::mv(pipe.readEnd));
  output->setPid(child.pid());
  return child;
}

}  // namespace

WorkerProcess::WorkerProcess(EventLoop& loop, const WorkerSettings& settings, Owner& owner,
                             CodeProfile code)
    : loop_(loop),
      settings_(settings),
      owner_(owner),
      code_(code),
      sockets_(makeRpcSocketPair()),
      cgroup_(makeCgroup(settings)),
      child_(start(settings, {code, *cgroup_}, sockets_.workerEnd, output_, loop)),
      meter_(child_.pid()),
      link_(loop, kj::mv(sockets_.supervisorEnd), RpcLink::Side::kSupervisor),
      rpc_(link_.bootstrap().castAs<rpc::Worker>()),
      ready_(nullptr),
      tasks_(*this),
      turns_(loop.timer(), {[this] { return meter_.cpuTime(); },
                            [this] { return rpc_.pingRequest().send().ignoreResult(); },
                            [this](bool givesWay) { cgroup_->setCpuIdle(givesWay); }}) {
  sockets_.workerEnd = kj::AutoCloseFd();
  exited_.reset(event_new(
      &loop.base(), child_.pidfd(), EV_READ,
      [](evutil_socket_t, short, void* self) {
        guard([self]() { static_cast<WorkerProcess*>(self)->onExit(); },
              [](kj::Exception&& error) {
                LOG(ERROR) << "the end of a worker: " << error.getDescription().cStr();
              });
      },
      this));
  event_add(exited_.get(), nullptr);
  setMemoryLimit(settings.limits.memoryBytes);
  setCpuWeight(settings.limits.cpuWeight);
  ready_ = waits_.wrap(handshake()).fork();
  tasks_.add(link_.onDisconnect().then([this](kj::String reason) {
    linkEnd_ = kj::str(reason);
    return loop_.timer().afterDelay(kEndAfterLink).then([this, reason = kj::mv(reason)]() {
      kill(kj::str("its RPC link is closed: ", reason));
    });
  }));
}

WorkerProcess::~WorkerProcess() noexcept(false) = default;

kj::Promise<void> WorkerProcess::handshake() {
  return loop_.timer()
      .timeoutAfter(settings_.startLimit, rpc_.helloRequest().send())
      .then([this](capnp::Response<rpc::Worker::HelloResults>&& results) {
        checkReport(results.getReport());
        isReady_ = true;
        beat();
      })
      .catch_([this](kj::Exception&& error) {
        auto why = kj::str(asLogLine(error.getDescription().cStr()).c_str());
        kill(kj::str("it did not start: ", why));
        kj::throwFatalException(kj::Exception(error.getType(), __FILE__, __LINE__, kj::mv(why)));
      });
}

void WorkerProcess::checkReport(rpc::SandboxReport::Reader report) {
  auto open = findOpenRight(child_.pid(), settings_.weakened);
  if (open) {
    kj::throwFatalException(
        KJ_EXCEPTION(FAILED, "its sandbox is not shut, says /proc", open->c_str()));
  }
  // What /proc cannot show, the worker's word has to do for.
  KJ_REQUIRE(report.getLayers().size() <= 32 && report.getWeakened().size() <= 32);
  KJ_REQUIRE(report.getWeakened().size() <= settings_.weakened.size(),
             "the worker left out layers of its sandbox that it was not told to");
  for (auto layer : report.getLayers()) {
    layers_.push_back(std::string(layer.begin(), std::min<size_t>(layer.size(), 32)));
  }
  bool jitless = std::find(layers_.begin(), layers_.end(), kJitlessLayer) != layers_.end();
  KJ_REQUIRE(jitless == (code_ == CodeProfile::kJitless),
             "the worker's code profile is not the one it was told");
}

void WorkerProcess::allowTurns(kj::Duration cpuLimit) {
  stuckAfter_ = std::max(stuckAfter_, cpuLimit + kHeartbeatGrace.count() * kj::MILLISECONDS);
}

void WorkerProcess::beat() {
  turns_.noteWork();  // What it does of its own accord: timers, what goes on after an answer.
  tasks_.add(loop_.timer().afterDelay(kHeartbeatPeriod.count() * kj::MILLISECONDS).then([this]() {
    return awaitPong(rpc_.pingRequest().send().ignoreResult(), meter_.cpuTime(),
                     kHeartbeatPatience);
  }));
}

// Time on the clock proves nothing on a machine whose CPUs are taken: a worker is stuck when it has
// had its CPU time and still does not answer, when it is stopped, or when patience has run out.
kj::Promise<void> WorkerProcess::awaitPong(kj::Promise<void> pong, kj::Duration cpuAtPing,
                                           uint32_t patience) {
  auto fork = pong.fork();
  auto again = fork.addBranch();
  return loop_.timer()
      .timeoutAfter(stuckAfter_, fork.addBranch())
      .then(
          [this]() -> kj::Promise<void> {
            beat();
            return kj::READY_NOW;
          },
          [this, cpuAtPing, patience,
           again = kj::mv(again)](kj::Exception&& error) mutable -> kj::Promise<void> {
            if (error.getType() == kj::Exception::Type::DISCONNECTED) return kj::READY_NOW;
            if (error.getType() != kj::Exception::Type::OVERLOADED) {
              kill("it failed a heartbeat");
              return kj::READY_NOW;
            }
            auto used = meter_.cpuTime() - cpuAtPing;
            bool starved = used > 0 * kj::SECONDS && used < stuckAfter_;
            if (starved && patience > 1) return awaitPong(kj::mv(again), cpuAtPing, patience - 1);
            // One that is stopped or waits uses nothing; one that computes, something.
            if (used >= kBusySilence) outcome_ = rpc::Outcome::EXCEEDED_CPU;
            kill("it is stuck: no heartbeat");
            return kj::READY_NOW;
          });
}

LimitResult WorkerProcess::setMemoryLimit(uint64_t bytes) {
  auto result = cgroup_->setMemoryLimit(bytes);
  if (result == LimitResult::kBelowUsage) {
    LOG(WARNING) << "worker " << pid() << " uses more than the " << bytes
                 << " bytes it is to have; its limit stays at " << memoryLimit_;
    return result;
  }
  memoryLimit_ = bytes;
  if (result == LimitResult::kSet) return result;
  if (memoryWatch_ != nullptr) {
    memoryWatch_->setLimit(bytes);
    return result;
  }
  MemoryWatch::Process process{[this] { return meter_.rssBytes(); },
                               [this](uint64_t used) {
                                 ranOutOfMemory_ = true;
                                 kill(kj::str("it uses ", used, " bytes of memory"));
                               }};
  memoryWatch_ = std::make_unique<MemoryWatch>(loop_.timer(), std::move(process), bytes);
  return result;
}

LimitResult WorkerProcess::setCpuWeight(uint32_t weight) { return cgroup_->setCpuWeight(weight); }

uint64_t WorkerProcess::memoryBytes() const {
  auto memory = cgroup_->memory();
  return memory ? memory->current : rssBytes();
}

void WorkerProcess::noteMemoryDeath(const ProcessEnd& end) {
  if (classifyEnd(end) != EndClass::kKilled) {
    ranOutOfMemory_ = false;  // It was faster than our own kill.
    return;
  }
  if (cgroup_->oomKills() > 0) ranOutOfMemory_ = true;
  if (!ranOutOfMemory_) return;
  outcome_ = rpc::Outcome::EXCEEDED_MEMORY;
  auto memory = cgroup_->memory();
  LOG(WARNING) << "worker " << pid() << " ran out of memory: limit " << memoryLimit_ << " bytes"
               << (memory ? ", peak " + std::to_string(memory->peak) + " bytes" : "");
}

void WorkerProcess::kill(kj::StringPtr why) {
  if (killed_) return;
  killed_ = true;
  atFault_ = true;
  LOG(WARNING) << "worker " << pid() << " is killed: " << asLogLine(why.cStr());
  child_.sendSignal(SIGKILL);
}

void WorkerProcess::dismiss(kj::StringPtr why) {
  if (killed_) return;
  killed_ = true;
  dismissed_ = true;
  LOG(INFO) << "worker " << pid() << " is dismissed: " << why.cStr();
  child_.sendSignal(SIGKILL);
}

void WorkerProcess::onExit() {
  auto end = child_.seeEnd();
  if (!end) {
    event_add(exited_.get(), nullptr);
    return;
  }
  // A worker may end by itself when we have closed its link: why we did is not lost with it.
  if (!killed_ && linkEnd_ != nullptr) {
    LOG(INFO) << "worker " << pid() << ": its RPC link was closed: " << asLogLine(linkEnd_.cStr());
  }
  killed_ = true;  // Nothing is left to kill.
  turns_.end();
  output_->drain();
  noteMemoryDeath(*end);
  owner_.workerEnded(*this, *end);
}

void WorkerProcess::taskFailed(kj::Exception&& error) {
  LOG(ERROR) << "worker " << pid() << ": " << error.getDescription().cStr();
}

}  // namespace nano
