#pragma once

#include <optional>
#include <string>
#include <vector>

#include <kj/io.h>

#include "sandbox/child.h"
#include "sandbox/sandbox.h"

namespace nano {

struct CanarySpec {
  int programFd = -1;  // nano-canary. Borrowed.
  int devNull = -1;    // Borrowed.
  std::vector<Layer> weakened;
  SandboxSpec::Code code = SandboxSpec::Code::kJit;
};

// A nano-canary, started by spawn() as workers are: it goes into exactly the sandbox that a worker
// gets and tries to get out (sandbox/act_trial.h). It is killed when the thread that made this
// ends.
class Canary final {
 public:
  // Starts it. Nothing throws: what goes wrong is told by the two functions below.
  explicit Canary(const CanarySpec& spec);

  // Waits until it is in its sandbox. Otherwise the step that failed and why, for a person.
  std::optional<std::string> awaitEntered();

  struct Verdict {
    std::string failure;                 // Why the trial did not come to its end; empty: it did.
    std::vector<std::string> survivors;  // "ACT HOW" of what was not stopped.
    int tried = 0;
    bool good() const { return failure.empty() && survivors.empty() && tried > 0; }
  };
  // Waits until it has tried everything and has ended. Once.
  Verdict finish();

  // What is shut, the filter not counted, by name; after awaitEntered().
  const std::vector<std::string>& layers() const { return layers_; }

 private:
  std::optional<std::string> readLine();
  ProcessEnd end();
  std::string describeFailure(const ProcessEnd& end) const;

  std::string failure_;
  std::string pending_;
  std::vector<std::string> layers_;
  std::vector<std::string> complaints_;
  bool entered_ = false;
  kj::AutoCloseFd output_;
  std::optional<Child> child_;
};

}  // namespace nano
