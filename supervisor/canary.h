#pragma once

#include <optional>
#include <string>
#include <vector>

#include "sandbox/canary.h"
#include "supervisor/worker_files.h"

namespace nano {

// nanod's proof, at every start, that the sandbox holds on this machine today: a canary for each
// code profile goes into it and tries every hostile act while the first workers start. A string is
// a sentence for the operator: why nanod must not serve.
class StartCanaries final {
 public:
  // Starts them. Called where there is no other thread yet, as the user that workers are started
  // by. `files` outlives this.
  StartCanaries(const WorkerFiles& files, std::vector<Layer> weakened);

  // Waits until both are in the sandbox: some ten milliseconds. Else which layer is missing, why,
  // and the flag that leaves it out.
  std::optional<std::string> refusalToEnter();
  // Waits until they have tried everything. Else which acts were not stopped.
  std::optional<std::string> refusalToServe();

 private:
  struct Trial {
    const char* profile;
    Canary canary;
  };

  std::vector<Layer> weakened_;
  Trial trials_[2];
};

}  // namespace nano
