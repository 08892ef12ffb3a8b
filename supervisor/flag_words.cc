#include "supervisor/flag_words.h"

#include <algorithm>
#include <fstream>
#include <string_view>

#include <gflags/gflags.h>

#include "supervisor/app_names.h"

namespace nano {
namespace {

bool isKnown(std::string name) {
  std::replace(name.begin(), name.end(), '-', '_');
  gflags::CommandLineFlagInfo info;
  if (gflags::GetCommandLineFlagInfo(name.c_str(), &info)) return true;
  // --nologtostderr
  return name.starts_with("no") && gflags::GetCommandLineFlagInfo(name.c_str() + 2, &info) &&
         info.type == "bool";
}

std::string_view withoutDashes(std::string_view word) {
  return word.substr(word.starts_with("--") ? 2 : 1);
}

std::optional<std::string> unknownFlag(std::string_view word) {
  const std::string name(withoutDashes(word).substr(0, withoutDashes(word).find('=')));
  if (isKnown(name)) return std::nullopt;
  return "there is no flag " + inQuotes("--" + name) + "; nanod --help shows those that are";
}

std::optional<std::string> flagFileProblem(const std::string& path) {
  std::ifstream file(path);
  if (!file) return "--flagfile: " + path + " cannot be read";
  std::string line;
  for (int number = 1; std::getline(file, line); number++) {
    size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string::npos || line[first] == '#') continue;
    const std::string place = path + ":" + std::to_string(number) + ": ";
    std::string_view word = std::string_view(line).substr(first);
    if (word[0] != '-') {
      return place + inQuotes(word) +
             " is no flag: a line is a comment that begins with #, or a "
             "flag like --frontends=2";
    }
    if (auto problem = unknownFlag(word.substr(0, word.find_first_of(" \t\r")))) {
      return place + *problem;
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> flagWordsProblem(std::span<char* const> words) {
  constexpr std::string_view kFlagFile = "flagfile=";
  for (const char* each : words) {
    const std::string_view word = each;
    if (word == "--") break;
    if (word.size() < 2 || word[0] != '-') continue;
    if (auto problem = unknownFlag(word)) return problem;
    if (!withoutDashes(word).starts_with(kFlagFile)) continue;
    auto problem = flagFileProblem(std::string(withoutDashes(word).substr(kFlagFile.size())));
    if (problem) return problem;
  }
  return std::nullopt;
}

}  // namespace nano
