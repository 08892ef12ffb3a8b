#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "nanoctl/admin_client.h"
#include "nanoctl/arguments.h"

// What the commands share: the flags of all of them, and how they say that something is wrong.
namespace nano {

// `specs` and --admin, --tenant and --json. Says what is wrong and returns nothing when the words
// do not fit or there are more than `maxPositional` of them.
std::optional<Arguments> parseCommand(std::span<const std::string> words,
                                      std::vector<FlagSpec> specs, size_t maxPositional);

// The socket of --admin, of NANO_ADMIN, or /run/nano/admin.sock.
AdminClient clientFor(const Arguments& arguments);
std::string adminSocket(const Arguments& arguments);
// --tenant, NANO_TENANT, or "default".
std::string tenantOf(const Arguments& arguments);

// The port of --port, or `otherwise`. Says what is wrong and returns nothing when it is none.
std::optional<int> portOf(const Arguments& arguments, int otherwise);

// Prints "nanoctl: MESSAGE" to stderr and returns 1.
int fail(const Failure& failure);
// The same for a command line that is wrong; returns 2.
int misused(const std::string& message);

}  // namespace nano
