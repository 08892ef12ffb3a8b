#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace nano {

// The machine's memory as the kernel counts it, in bytes.
struct MachineMemory {
  uint64_t total = 0;
  uint64_t available = 0;  // Without swapping: MemAvailable of proc(5).
};

// Nothing when the file is not there or says neither.
std::optional<MachineMemory> readMachineMemory(const std::string& path = "/proc/meminfo");

// Less than a twentieth is left: what is idle goes before the kernel has to choose.
inline bool isShort(const MachineMemory& memory) { return memory.available < memory.total / 20; }

}  // namespace nano
