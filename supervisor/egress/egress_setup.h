#pragma once

#include <memory>
#include <string>
#include <variant>

#include "supervisor/egress/dns_settings.h"
#include "supervisor/egress/network_settings.h"
#include "supervisor/egress/own_endpoints.h"
#include "supervisor/egress/tls_client.h"

namespace nano {

// What all front ends use of the network alike. Immutable; made once, before there are any.
struct EgressSetup {
  DnsSettings dns;
  NetworkSettings network;
  std::shared_ptr<const TlsClientContext> tls;
  std::shared_ptr<const ServedPorts> servedPorts;
};

// Reads the authorities that upstreams' certificates are checked against: the system's and, where
// `caFile` is not empty, those in it. A string says what is wrong with that file.
std::variant<EgressSetup, std::string> openEgress(DnsSettings dns, const std::string& caFile,
                                                  std::shared_ptr<const ServedPorts> servedPorts);

}  // namespace nano
