#pragma once

#include <string>
#include <utility>
#include <vector>

#include "nanoctl/result.h"

namespace nano {

// Variables that a developer's own machine gives an app: wrangler's `.dev.vars` beside the
// configuration, or `.env` where that is not there. Never deployed.
struct DevVars {
  std::string file;  // The file's name; empty where there is none.
  std::vector<std::pair<std::string, std::string>> vars;
};

// Reads the folder's file. A line that is no variable is a failure that says which and why.
Result<DevVars> readDevVars(const std::string& folder);
// The file that the above reads; empty where there is none.
std::string devVarsFile(const std::string& folder);

// "A, B": names only, for the values are secrets.
std::string namesOf(const DevVars& read);

}  // namespace nano
