#pragma once

#include <sys/types.h>

#include "tests/soak/checker.h"

namespace nano::soak {

// Reads /proc. `pid` is 0 in the answer when there is no such process, or only its remains.
Vitals readVitals(pid_t pid);

}  // namespace nano::soak
