#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "tests/soak/history.h"

// The tenants of a soak, their apps, and what each answer has to be.
namespace nano::soak {

// What happens to a tenant.
enum class Role : uint8_t {
  kCalm,     // Nothing: every request of it must be answered well.
  kStruck,   // Its worker is killed and stopped from outside.
  kHostile,  // One of its apps does harm; the other shares its worker.
};

struct Tenant {
  std::string name;  // Its cordon as well.
  Role role = Role::kCalm;
  std::vector<AppIndex> apps;  // A hostile tenant's first app does the harm.
};

struct World {
  std::vector<App> apps;
  std::vector<Tenant> tenants;
};

// Two tenants of each role with two apps each.
World makeWorld();

enum class AppFlavour : uint8_t { kSound, kThrowsAtStart, kSpinsAtStart };

// An app that answers with its name, its version and the request's nonce; hostile ones do harm at
// the paths of harms().
std::string appSource(const World& world, AppIndex app, uint32_t version,
                      AppFlavour flavour = AppFlavour::kSound);

struct Harm {
  std::string_view name;
  std::string_view path;
  // kLeave: the answer never comes or never ends, and the client leaves after a moment.
  enum class Client : uint8_t { kWait, kLeave } client = Client::kWait;
};
std::span<const Harm> harms();

enum class Question : uint8_t {
  kPlain,   // The identity line.
  kWait,    // The same after a timer.
  kEcho,    // The identity line and the request's body.
  kPipe,    // The request's body as a stream.
  kStream,  // Lines, one a chunk.
};

// What a request asks for, and with it the one right body.
struct Asked {
  Question question = Question::kPlain;
  uint64_t nonce = 0;
  size_t size = 0;  // Milliseconds, bytes or lines, whatever the question has.
};

std::string nonceText(uint64_t nonce);
std::string pathOf(const Asked& asked);
// Empty where the question has no body.
std::string requestBody(const Asked& asked);
std::string expectedBody(const Asked& asked, const std::string& app, uint32_t version);

}  // namespace nano::soak
