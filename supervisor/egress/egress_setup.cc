#include "supervisor/egress/egress_setup.h"

#include <utility>

#include "supervisor/egress/trusted_roots.h"

namespace nano {

std::variant<EgressSetup, std::string> openEgress(DnsSettings dns, const std::string& caFile,
                                                  std::shared_ptr<const ServedPorts> servedPorts) {
  auto loaded = TrustedRoots::load(caFile);
  if (auto* problem = std::get_if<std::string>(&loaded)) return std::move(*problem);
  EgressSetup setup;
  setup.dns = std::move(dns);
  setup.network.roots = std::get<std::shared_ptr<const TrustedRoots>>(loaded);
  setup.tls = TlsClientContext::make(setup.network.roots);
  setup.servedPorts = std::move(servedPorts);
  return setup;
}

}  // namespace nano
