#include "tests/hostile/neighbour.h"

#include <chrono>

#include "tests/harness/nanod.h"

namespace nano::test {

namespace {

// Often enough to notice, rarely enough to leave the machine to the case.
constexpr std::chrono::milliseconds kPause(5);

}  // namespace

void deployNeighbour(Nanod& nanod) {
  nanod.deploy(kNeighbour, {{"index.js", R"(
export default {
  fetch(request, env) {
    const nonce = new URL(request.url).searchParams.get('nonce');
    return new Response('neighbour of ' + nonce + ' with ' + env.SECRET.length,
                        { headers: { 'x-nonce': nonce } });
  },
};)"}},
               {std::string("--tenant=") + kNeighbour, "--host=neighbour.example.test",
                std::string("--var=SECRET=") + kNeighbourSecret});
}

std::string askNeighbour(const Nanod& nanod, uint64_t nonce) {
  std::string text = std::to_string(nonce);
  auto response = nanod.get("neighbour.example.test", "/?nonce=" + text);
  std::string expected = "neighbour of " + text + " with " +
                         std::to_string(std::char_traits<char>::length(kNeighbourSecret));
  if (response.status == 200 && response.body == expected && response.headers["x-nonce"] == text) {
    return {};
  }
  return "the neighbour answered " + std::to_string(response.status) + " " + response.error +
         " to " + text + ": " + response.body;
}

NeighbourWatch::NeighbourWatch(const Nanod& nanod) : thread_([this, &nanod] { ask(nanod); }) {}

void NeighbourWatch::stop() {
  stopping_ = true;
  if (thread_.joinable()) thread_.join();
}

void NeighbourWatch::ask(const Nanod& nanod) {
  while (!stopping_ || asked_ == 0) {
    std::string wrong = askNeighbour(nanod, asked_++);
    if (!wrong.empty() && firstWrong_.empty()) firstWrong_ = wrong;
    std::this_thread::sleep_for(kPause);
  }
}

}  // namespace nano::test
