#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "worker/app_source.h"
#include "worker/js_error.h"
#include "worker/source_map.h"

namespace nano {

// The source maps of one app version: what is logged and reported names the app's sources instead
// of what a bundler has made of them. `error.stack` itself stays as it is, as on Workers.
//
// A map is read when an error is printed that needs it, once. A broken one is ignored.
class SourceMaps final {
 public:
  // `source` outlives this.
  explicit SourceMaps(const AppSource& source);

  bool empty() const { return maps_.empty(); }
  // The text with the places of its stack lines ("    at name (file:line:column)") mapped.
  std::string mapped(std::string_view text);
  void map(JsError& error);

  // What has come to light about broken maps since it was last asked, each a sentence.
  std::vector<std::string> takeProblems() { return std::exchange(problems_, {}); }

 private:
  struct Entry {
    const AppSource::Module* module;
    std::unique_ptr<SourceMap> map;
    bool isRead = false;
  };
  Entry* find(std::string_view path);
  void appendLine(std::string_view line, std::string& to);

  // By the path of the module that they are of.
  std::map<std::string, Entry, std::less<>> maps_;
  std::vector<std::string> problems_;
};

}  // namespace nano
