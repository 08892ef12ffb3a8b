#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "snapshot/buffer_budget.h"
#include "snapshot/host.h"

namespace nano {

struct ScryptWork {
  std::span<const std::byte> password;
  std::span<const std::byte> salt;
  uint32_t cost;       // N, a power of two.
  uint32_t blockSize;  // r
  uint32_t parallel;   // p
};

// scrypt (RFC 7914), as many bytes as `out` has. OpenSSL's own cannot be stopped, and a tenant
// chooses how long it takes: this one looks at the host from time to time. Its memory, 128 bytes
// times cost and block size, is on the budget. False: it was stopped, there is no memory, or no
// such scrypt.
bool scrypt(Host& host, const ScryptWork& work, const std::shared_ptr<BufferBudget>& budget,
            std::span<std::byte> out);

}  // namespace nano
