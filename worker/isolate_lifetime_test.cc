// What an isolate leaves behind when its app is dropped, as on a redeploy or when an idle app is
// evicted. bench/lifetimes prints the same over as many as one likes.

#include <unistd.h>

#include <fstream>

#include "worker/worker_fixture.h"

namespace nano {
namespace {

using IsolateLifetimeTest = WorkerTest;

size_t residentBytes() {
  size_t total = 0;
  size_t resident = 0;
  std::ifstream("/proc/self/statm") >> total >> resident;
  return resident * static_cast<size_t>(sysconf(_SC_PAGESIZE));
}

// An app as people write them: it keeps some objects, and a buffer.
constexpr char kApp[] =
    "const kept = Array.from({ length: 20000 }, (_, i) => ({ i, text: 'item ' + i }));"
    "const bytes = new Uint8Array(1 << 20).fill(1);"
    "export default { fetch() { return new Response(String(kept.length + bytes.length)) } }";

TEST_F(IsolateLifetimeTest, GivesItsMemoryBackWhenItsAppIsDropped) {
  auto live = [this](int times) {
    for (int i = 0; i < times; ++i) {
      TestApp app = load(kApp);
      app.fetch();
    }
  };
  live(25);  // Until the process has what it needs for one at a time.
  const size_t before = residentBytes();
  live(75);
  const size_t after = residentBytes();
  // 75 isolates of some 5 MB each; they may leave less than four of them behind.
  EXPECT_LT(after, before + (size_t{20} << 20));
}

}  // namespace
}  // namespace nano
