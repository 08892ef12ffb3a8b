#pragma once

#include <string>
#include <utility>

#include "supervisor/app_version.h"
#include "supervisor/egress/dns_resolver.h"

namespace nano {

// A front end's resolver as one app has it, all its versions and workers together: the lookups for
// its fetches and for its sockets count as that app's.
class AppResolver final : public Resolver {
 public:
  // `resolver` outlives this and its promises.
  AppResolver(DnsResolver& resolver, const AppVersion& app)
      : resolver_(resolver),
        app_(app.tenant + "/" + app.app) {}

  kj::Promise<Resolution> resolve(std::string host) override {
    return resolver_.resolve(std::move(host), app_);
  }

 private:
  DnsResolver& resolver_;
  const std::string app_;
};

}  // namespace nano
