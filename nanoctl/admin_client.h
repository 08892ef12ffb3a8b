#pragma once

#include <functional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "nanoctl/app_modules.h"
#include "nanoctl/result.h"

namespace nano {

// An error of the control API: what it says, and for an app that did not start where it failed.
struct ApiError {
  std::string message;
  nlohmann::json detail;  // errors[0] of the answer.
};

// What a request that changes something gave.
struct ApiAnswer {
  nlohmann::json result;
  std::vector<std::string> messages;  // What nanod has to say beside it, each a sentence.
};

// nanod's control API over its admin socket. Blocks; one request at a time.
class AdminClient final {
 public:
  explicit AdminClient(std::string socketPath) : socketPath_(std::move(socketPath)) {}

  // What the request gives: `result` of the answer's envelope. An answer that is an error becomes
  // one Failure, an app's start-up error with its place in the source.
  Result<nlohmann::json> get(const std::string& path);
  Result<ApiAnswer> remove(const std::string& path);
  // The multipart upload of a deploy: the metadata and one part a module.
  Result<ApiAnswer> upload(const std::string& path, const nlohmann::json& metadata,
                           const std::vector<ModuleFile>& files);
  // Hands each line of an answer to `onLine` as it comes, until the server ends it or `onLine`
  // returns false.
  Result<Done> lines(const std::string& path, std::function<bool(std::string_view)> onLine);

 private:
  std::string socketPath_;
};

// What the user typed as one part of a path: what may not stand there is percent-encoded.
std::string pathSegment(std::string_view text);

// How the failed start of an app is shown: message, place, the source line with a caret.
std::string describeStartFailure(const nlohmann::json& error);

}  // namespace nano
