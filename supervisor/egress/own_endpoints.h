#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "supervisor/egress/ip_address.h"

namespace nano {

// The ports that nanod itself answers on. Written by the control thread, read by all.
class ServedPorts final {
 public:
  void add(uint16_t port) { ports_[port].store(true, std::memory_order_release); }
  void remove(uint16_t port) { ports_[port].store(false, std::memory_order_release); }
  bool has(uint16_t port) const { return ports_[port].load(std::memory_order_acquire); }

 private:
  std::array<std::atomic<bool>, 65536> ports_{};
};

// Where this machine and nanod on it are reached.
struct OwnEndpoints {
  std::vector<IpAddress> addresses;          // As ownAddresses() has them.
  std::shared_ptr<const ServedPorts> ports;  // Null: none.

  bool hasAddress(const IpAddress& address) const;
  bool serves(uint16_t port) const { return ports != nullptr && ports->has(port); }
  bool operator==(const OwnEndpoints&) const = default;
};

// The addresses of all interfaces, in order, each once. A string says why they cannot be read.
std::variant<std::vector<IpAddress>, std::string> ownAddresses();

}  // namespace nano
