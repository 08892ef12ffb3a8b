#include "supervisor/machine_memory.h"

#include <fstream>

namespace nano {

std::optional<MachineMemory> readMachineMemory(const std::string& path) {
  std::ifstream file(path);
  MachineMemory memory;
  std::string name;
  uint64_t kilobytes = 0;
  std::string unit;
  bool hasAvailable = false;
  while (file >> name >> kilobytes && std::getline(file, unit)) {
    if (name == "MemTotal:") memory.total = kilobytes << 10;
    if (name == "MemAvailable:") {
      memory.available = kilobytes << 10;
      hasAvailable = true;
    }
  }
  if (memory.total == 0 || !hasAvailable) return std::nullopt;
  return memory;
}

}  // namespace nano
