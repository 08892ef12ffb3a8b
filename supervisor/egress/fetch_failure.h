#pragma once

#include <curl/curl.h>

#include <string>
#include <string_view>

#include "supervisor/egress/outbound.h"
#include "supervisor/egress/resolver.h"

namespace nano {

// Sentences for an app's author. None names an address that the app did not name.
EgressError deniedFetch(const Destination& destination, std::string_view rule);
EgressError deniedAddresses(const Destination& destination, std::string_view rule);
EgressError unknownName(const Destination& destination, const NameNotFound& missing);
EgressError brokenAnswer(const Destination& destination, std::string_view why);
EgressError timedOut(const Destination& destination, std::string_view why);
EgressError tooManyConnections(size_t most);
EgressError canceledFetch(std::string_view why);
EgressError internalFailure();

// How far a fetch had come when curl gave it up.
enum class FetchPhase { kConnecting, kRequesting, kAnswered };
// `detail` is curl's or the system's own sentence, used where it is about connecting or TLS.
EgressError curlFailure(const Destination& destination, CURLcode result, FetchPhase phase,
                        std::string_view detail);

}  // namespace nano
