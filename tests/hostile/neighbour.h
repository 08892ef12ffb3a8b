#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>

namespace nano::test {

class Nanod;

// Another tenant's app, which must go on as if nothing were.
inline constexpr char kNeighbour[] = "neighbour";
inline constexpr char kNeighbourSecret[] = "kept-by-the-one-next-door";

void deployNeighbour(Nanod& nanod);
// One request with a text of its own in it; what is wrong with the answer, or empty.
std::string askNeighbour(const Nanod& nanod, uint64_t nonce);

// Asks the neighbour all the time, on a thread, while something else is done.
class NeighbourWatch final {
 public:
  explicit NeighbourWatch(const Nanod& nanod);
  ~NeighbourWatch() { stop(); }
  NeighbourWatch(const NeighbourWatch&) = delete;
  NeighbourWatch& operator=(const NeighbourWatch&) = delete;

  void stop();
  // After stop().
  uint64_t asked() const { return asked_; }
  const std::string& firstWrong() const { return firstWrong_; }

 private:
  void ask(const Nanod& nanod);

  uint64_t asked_ = 0;
  std::string firstWrong_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
};

}  // namespace nano::test
