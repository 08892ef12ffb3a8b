#include "supervisor/canary.h"

#include <utility>

#include <glog/logging.h>

#include "sandbox/layer_probe.h"

namespace nano {

namespace {

CanarySpec specFor(const WorkerFiles& files, const std::vector<Layer>& weakened,
                   SandboxSpec::Code code) {
  return {files.canary, files.devNull, weakened, code};
}

}  // namespace

StartCanaries::StartCanaries(const WorkerFiles& files, std::vector<Layer> weakened)
    : weakened_(std::move(weakened)),
      trials_{{"default", Canary(specFor(files, weakened_, SandboxSpec::Code::kJit))},
              {"jitless", Canary(specFor(files, weakened_, SandboxSpec::Code::kJitless))}} {}

std::optional<std::string> StartCanaries::refusalToEnter() {
  for (Trial& trial : trials_) {
    auto failure = trial.canary.awaitEntered();
    if (!failure) continue;
    // The step that failed is the kernel's word; the layer it belongs to is found by trying each.
    for (const LayerFinding& finding : probeLayers(weakened_)) {
      if (finding.state == LayerFinding::State::kMissing) return describeMissing(finding);
    }
    return "no process can be shut into the sandbox: " + *failure +
           "; 'nanoctl doctor' looks at each layer of it";
  }
  return std::nullopt;
}

std::optional<std::string> StartCanaries::refusalToServe() {
  for (Trial& trial : trials_) {
    auto verdict = trial.canary.finish();
    if (verdict.good()) {
      LOG(INFO) << "the sandbox stopped the canary's " << verdict.tried << " acts (profile "
                << trial.profile << ")";
      continue;
    }
    std::string profile = std::string(" (profile ") + trial.profile + ")";
    if (verdict.survivors.empty()) {
      return "the canary did not finish its trial of the sandbox" + profile + ": " +
             verdict.failure;
    }
    std::string list;
    for (const std::string& survivor : verdict.survivors)
      list += (list.empty() ? "" : ", ") + survivor;
    return "the sandbox did not stop the canary" + profile + ": " + list +
           "; nanod does not serve on this kernel with this build";
  }
  return std::nullopt;
}

}  // namespace nano
