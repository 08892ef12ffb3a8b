#include "nanoctl/command_line.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "nanoctl/terminal_text.h"

namespace nano {

namespace {

constexpr char kDefaultAdminSocket[] = "/run/nano/admin.sock";

std::string fromEnvironment(const char* name, std::string_view otherwise) {
  const char* value = getenv(name);
  return value == nullptr || *value == '\0' ? std::string(otherwise) : std::string(value);
}

}  // namespace

std::optional<Arguments> parseCommand(std::span<const std::string> words,
                                      std::vector<FlagSpec> specs, size_t maxPositional) {
  specs.push_back({"admin"});
  specs.push_back({"tenant"});
  specs.push_back({"json", FlagSpec::Takes::kNothing});
  auto arguments = Arguments::parse(words, specs);
  if (!arguments.ok()) {
    misused(arguments.failure().message);
    return std::nullopt;
  }
  if (arguments.value().positional().size() > maxPositional) {
    misused("'" + arguments.value().positional()[maxPositional] + "' is one word too many");
    return std::nullopt;
  }
  return arguments.value();
}

std::string adminSocket(const Arguments& arguments) {
  return arguments.get("admin", fromEnvironment("NANO_ADMIN", kDefaultAdminSocket));
}

AdminClient clientFor(const Arguments& arguments) { return AdminClient(adminSocket(arguments)); }

std::string tenantOf(const Arguments& arguments) {
  return arguments.get("tenant", fromEnvironment("NANO_TENANT", "default"));
}

std::optional<int> portOf(const Arguments& arguments, int otherwise) {
  if (!arguments.has("port")) return otherwise;
  const std::string text = arguments.get("port");
  int port = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65535) {
    return port;
  }
  misused("--port must be a number from 1 to 65535, not '" + text + "'");
  return std::nullopt;
}

int fail(const Failure& failure) {
  // Part of it may be a tenant's: the message of an exception, a line of its source.
  fprintf(stderr, "nanoctl: %s\n", terminalText(failure.message, {}).c_str());
  return 1;
}

int misused(const std::string& message) {
  fprintf(stderr, "nanoctl: %s; see nanoctl help\n", terminalText(message, {}).c_str());
  return 2;
}

}  // namespace nano
