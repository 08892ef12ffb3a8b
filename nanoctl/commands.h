#pragma once

#include <span>
#include <string>

namespace nano {

// Each takes the words after its name and returns the exit code: 0 done, 1 failed, 2 misused.
int deployCommand(std::span<const std::string> words);
int listCommand(std::span<const std::string> words);
int deleteCommand(std::span<const std::string> words);
int statusCommand(std::span<const std::string> words);
int logsCommand(std::span<const std::string> words);
int limitsCommand(std::span<const std::string> words);
int egressCommand(std::span<const std::string> words);
int metricsCommand(std::span<const std::string> words);
int evalCommand(std::span<const std::string> words);
int devCommand(std::span<const std::string> words);
int doctorCommand(std::span<const std::string> words);

}  // namespace nano
