#pragma once

#include <string>

namespace nano {

// A source map as it goes to the server: the paths of its sources are made relative to the app's
// folder. They are relative to `directory`, where the bundler has written it. What is no source map
// stays as it is; nobody needs it but for stack traces.
std::string withPathsBelow(const std::string& folder, const std::string& directory,
                           const std::string& map);

}  // namespace nano
