#pragma once

#include <cstdint>

namespace nano {

// How long a thread may go on once somebody else, who was waiting for a message, wants its CPU.
inline constexpr uint64_t kTimeSliceNanos = 100'000;

// Asks the kernel for time slices of that length for this thread and those it starts, processes
// too: ours and our workers'. Linux 6.6 to now lets a thread that computes finish its slice of some
// milliseconds before one that wakes up gets the CPU, so that each spinning worker would cost the
// requests of its neighbours those milliseconds again and again. Shorter ones cost nothing where
// nobody waits. Before 6.12 the kernel takes the wish and does nothing.
void shortenTimeSlices();

}  // namespace nano
