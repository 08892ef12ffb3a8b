#include "supervisor/flags_help.h"

#include <algorithm>
#include <initializer_list>
#include <string_view>

#include <gflags/gflags.h>

namespace nano {
namespace {

constexpr size_t kColumns = 80;
constexpr std::string_view kIndent = "      ";

struct Section {
  std::string_view title;
  std::initializer_list<const char*> flags;
};
// Every flag of flags.cc; a test compares them.
constexpr Section kSections[] = {
    {"Where it listens, and what it reads and keeps",
     {"http", "admin", "state", "policy", "user", "lib_dir"}},
    {"What apps reach outside", {"dns", "egress_ca"}},
    {"Processes and requests",
     {"frontends", "spare_workers", "max_workers", "worker_max_isolates", "worker_idle_seconds",
      "max_requests_in_flight", "drain_seconds"}},
    {"The sandbox, and what one worker process may have",
     {"allow_weaker_sandbox", "cgroup", "worker_memory_mb", "worker_cpu_percent"}},
    {"For development", {"test_scheduled"}},
};

// gflags knows a flag by its C++ name and takes either spelling.
std::string spelled(std::string name) {
  std::replace(name.begin(), name.end(), '_', '-');
  return name;
}

void appendWrapped(std::string_view text, std::string& to) {
  size_t column = 0;
  while (!text.empty()) {
    std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(word.size() + 1, text.size()));
    if (column != 0 && column + 1 + word.size() > kColumns) {
      to += '\n';
      column = 0;
    }
    to.append(column == 0 ? kIndent : std::string_view(" ")).append(word);
    column += (column == 0 ? kIndent.size() : 1) + word.size();
  }
  to += '\n';
}

}  // namespace

std::string flagsHelp() {
  std::string text = "usage: nanod [--FLAG=VALUE ...]\n";
  for (const Section& section : kSections) {
    text.append("\n").append(section.title).append(":\n\n");
    for (const char* name : section.flags) {
      const gflags::CommandLineFlagInfo flag = gflags::GetCommandLineFlagInfoOrDie(name);
      text += "  --" + spelled(name) + "=" + flag.default_value + "\n";
      appendWrapped(flag.description, text);
    }
  }
  return text +
         "\nWhat stands behind = is the default. --flagfile=FILE reads flags from a file, one a\n"
         "line. --minloglevel=1 leaves only warnings and errors in the log. --helpfull shows\n"
         "the flags of the libraries as well.\n";
}

}  // namespace nano
