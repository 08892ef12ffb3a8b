#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "supervisor/egress/outbound.h"

namespace nano {

// Reads an http or https URL in the one form that the URL standard serialises to: lower-case
// scheme and host, the port only where it is not the scheme's own, IPv4 as a dotted quad, IPv6 in
// brackets, no user, no fragment, printable ASCII. Everything else is a string that says why: a
// worker that means well sends no other form.
std::variant<Destination, std::string> parseDestination(std::string_view url);

// A host as `connect()` names it, in the same one form (an IPv6 address with or without brackets).
std::variant<Destination, std::string> makeDestination(Destination::Scheme scheme,
                                                       std::string_view host, uint16_t port);

// "https://example.com:8443", for messages and log lines.
std::string describe(const Destination& destination);

// "http", "https", "tcp", "tls".
std::string_view schemeName(Destination::Scheme scheme);
std::optional<Destination::Scheme> schemeNamed(std::string_view name);

}  // namespace nano
