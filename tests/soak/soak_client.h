#pragma once

#include <chrono>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/soak/history.h"
#include "tests/soak/soak_apps.h"
#include "tests/soak/soak_connection.h"

namespace nano::soak {

Micros now();

// One client: asks, leaves in the middle of things, and writes down what came. Its connection is
// kept from request to request, whichever tenants they are for.
class SoakClient final {
 public:
  // Asks these apps. `world` outlives it.
  SoakClient(const World& world, uint16_t port, uint64_t seed, std::vector<AppIndex> apps);

  // One random request to one of its apps; one in seven is left unfinished.
  void ask();
  // One plain request; whether it was answered well.
  bool askPlain(AppIndex app);
  // A request for this path of a hostile app.
  void askForHarm(AppIndex app, const Harm& harm);
  // Bytes that are no request, or half of one, and a reset. What comes back is not judged.
  void beRude();
  // Up to this long.
  void pause(std::chrono::milliseconds most);

  std::vector<Answer> takeAnswers() { return std::move(answers_); }

 private:
  enum class Leave : uint8_t { kNever, kWhileSending, kBeforeAnswer, kWhileReading };

  size_t random(size_t most) { return std::uniform_int_distribution<size_t>(0, most)(random_); }
  Asked randomQuestion();
  void exchange(AppIndex app, const Asked& asked, const std::string& path, Leave leave);
  Received sendAndReceive(const std::string& request, Leave leave);
  void record(Answer answer, const Asked& asked, const Received& received);

  const World& world_;
  uint16_t port_;
  std::mt19937_64 random_;
  std::vector<AppIndex> apps_;
  std::unique_ptr<SoakConnection> connection_;
  std::vector<Answer> answers_;
};

}  // namespace nano::soak
