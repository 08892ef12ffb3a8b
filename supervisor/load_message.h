#pragma once

#include <vector>

#include <kj/array.h>

#include "protocol/worker.capnp.h"
#include "supervisor/app_version.h"
#include "supervisor/live_server.h"

// Between AppVersion and the messages of Worker.load.
namespace nano {

// `contents[i]` are the bytes of `version.modules[i]`.
void fillVersion(rpc::AppVersion::Builder message, const AppVersion& version,
                 const std::vector<kj::Array<kj::byte>>& contents);

// What a load ended with; the worker's text is cut to kMaxJsErrorBytes.
// A limit that stopped it is named with its value.
StartupResult toStartupResult(rpc::Worker::LoadResults::Reader results, const AppLimits& limits);

}  // namespace nano
