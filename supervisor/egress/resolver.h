#pragma once

#include <string>
#include <variant>
#include <vector>

#include <kj/async.h>

#include "supervisor/egress/ip_address.h"

namespace nano {

struct NameNotFound {
  // What became of the name: "does not exist", "got no answer from the name servers within 5 s",
  // ...
  std::string reason;
  // Nobody was asked: it would have been one lookup too many at a time.
  bool isOverLimit = false;
};
// All of a name's addresses, in the order they are to be tried; never empty.
using Resolution = std::variant<std::vector<IpAddress>, NameNotFound>;

// Names to addresses, without ever blocking the loop. One thread.
class Resolver {
 public:
  // `host` is a checked Destination::host that is no address. Dropping the promise gives it up.
  virtual kj::Promise<Resolution> resolve(std::string host) = 0;

 protected:
  ~Resolver() noexcept(false) = default;
};

}  // namespace nano
