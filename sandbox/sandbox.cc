#include "sandbox/sandbox.h"

#include <fcntl.h>
#include <unistd.h>

#include <string_view>

#include <kj/io.h>

#include "sandbox/landlock.h"
#include "sandbox/namespaces.h"
#include "sandbox/privileges.h"
#include "sandbox/process_status.h"
#include "sandbox/seccomp_filter.h"
#include "sandbox/step.h"
#include "sandbox/syscall_policy.h"

namespace nano {
namespace {

void nameLayers(const SandboxSpec& spec, SandboxState& state) {
  for (Layer layer : kAllLayers) {
    std::string name(layerName(layer));
    if (isWeakened(spec.weakened, layer)) {
      std::string line = "sandbox: WARNING: the layer " + name + " is left out\n";
      [[maybe_unused]] ssize_t written = write(STDERR_FILENO, line.data(), line.size());
      state.weakened.push_back(std::move(name));
    } else {
      state.layers.push_back(std::move(name));
    }
  }
}

// The kernel's account of this process; the descriptor outlives /proc.
class OwnStatus final {
 public:
  OwnStatus()
      : file_(static_cast<int>(
            mustSucceed("open status", open("/proc/self/status", O_RDONLY | O_CLOEXEC)))) {}

  ProcessStatus read() const {
    char text[8192];  // about 1.5 KB in practice
    long size = mustSucceed("read status", pread(file_, text, sizeof text, 0));
    auto status = parseProcessStatus(std::string_view(text, static_cast<size_t>(size)));
    if (!status) failStep("read status", "it is not as expected");
    return *status;
  }

 private:
  kj::AutoCloseFd file_;
};

}  // namespace

SandboxState enterSandbox(const SandboxSpec& spec) {
  SandboxState state;
  nameLayers(spec, state);

  // First: a stray descriptor may lead to a file or to the old root. Those opened below close
  // themselves.
  closeDescriptorsFrom(spec.firstClosedFd);

  // While /proc is there: are we where spawn() puts us? If not, the steps below would change the
  // caller's world instead of ours.
  OwnStatus status;
  if (status.read().threads != 1) failStep("threads", "there is more than one");
  requireSpawnedNamespaces(spec.weakened);

  // Needs capabilities; before the limit on namespaces, which would forbid it.
  unshareNamespaces(spec.weakened);

  // Needs /proc and capabilities. Only in a namespace of ours: it would be the host's limit.
  if (!isWeakened(spec.weakened, Layer::kUserNamespace) && forbidNestedNamespaces()) {
    state.layers.emplace_back("nested_namespaces");
  }

  // Needs capabilities. After it nothing can be opened by path.
  if (!isWeakened(spec.weakened, Layer::kMountNamespace)) enterEmptyRoot();

  limitResources();
  makeAbortTrap();

  // No step below needs a capability.
  dropCapabilities(spec.weakened);
  // Before Landlock and the filter, which an unprivileged process may install only with it.
  forbidNewPrivileges();
  state.landlockAbi = denyWithLandlock();
  if (state.landlockAbi > 0) {
    state.layers.emplace_back("landlock");
  } else if (isWeakened(spec.weakened, Layer::kMountNamespace)) {
    failStep("landlock", "this kernel has none, and without mountns nothing else hides the files");
  }

  // Before anything could make code of its own; what the loader has mapped stays.
  if (spec.code == SandboxSpec::Code::kJitless && refuseNewCode()) {
    state.layers.emplace_back("mdwe");
  }

  // After the last change of credentials: such a change resets both.
  hideMemory();
  dieWithParent();

  auto open = findOpenRight(status.read(), spec.weakened, Stage::kEntered);
  if (open) failStep("check", *open + " is not what it should be");
  for (const char* name : {"descriptors", "rlimits", "capabilities", "no_new_privs"})
    state.layers.emplace_back(name);
  return state;
}

void lockSyscalls(const SandboxSpec& spec, SandboxState& state) {
  loadFilter(compileFilter(syscallPolicy(spec, getpid())));
  state.layers.emplace_back("seccomp");
  if (spec.code == SandboxSpec::Code::kJitless) state.layers.emplace_back(kJitlessLayer);
}

}  // namespace nano
