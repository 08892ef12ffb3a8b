// The supervisor's WorkerProcess with real workers: each gets the code profile it was asked for.

#include <algorithm>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <kj/debug.h>

#include "protocol/event_loop.h"
#include "supervisor/worker_process.h"

namespace nano {
namespace {

class WorkerProfileTest : public testing::Test, private WorkerProcess::Owner {
 protected:
  ~WorkerProfileTest() noexcept override = default;

  // The layers of a worker of this profile, which must come up.
  std::vector<std::string> layersOf(CodeProfile code) {
    WorkerProcess worker(loop_, settings_, *this, code);
    loop_.run(worker.ready());
    EXPECT_EQ(worker.codeProfile(), code);
    return worker.sandboxLayers();
  }

 private:
  void workerEnded(WorkerProcess&, const ProcessEnd& end) override {
    ADD_FAILURE() << "the worker ended: " << describeEnd(end);
  }

  EventLoop loop_;
  WorkerFiles files_ = openWorkerFiles(NANO_LIB_DIR);
  WorkerSettings settings_{.files = files_, .weakened = {}, .limits = {}};
};

bool has(const std::vector<std::string>& layers, const char* name) {
  return std::find(layers.begin(), layers.end(), name) != layers.end();
}

TEST_F(WorkerProfileTest, OnlyAJitlessWorkerSaysThatItIsOne) {
  EXPECT_TRUE(has(layersOf(CodeProfile::kJitless), kJitlessLayer));
  auto ordinary = layersOf(CodeProfile::kDefault);
  EXPECT_FALSE(has(ordinary, kJitlessLayer));
  EXPECT_FALSE(has(ordinary, "mdwe"));
}

}  // namespace
}  // namespace nano
