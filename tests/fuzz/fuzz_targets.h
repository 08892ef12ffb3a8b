#pragma once

#include <cstdint>
#include <span>

// One function a parser that reads what strangers send: deterministic, small, returns 0 for any
// bytes. A crash, a sanitizer's report or a failed KJ_ASSERT is a bug.
namespace nano::fuzz {

using Bytes = std::span<const uint8_t>;

// Frames of the RPC link, as the supervisor gets them from a worker, and the other way round.
int fuzzRpcSupervisor(Bytes input);
int fuzzRpcWorker(Bytes input);
// What a client sends on a connection; the first byte says in which pieces.
int fuzzHttp(Bytes input);
// A version's manifest on disk.
int fuzzManifest(Bytes input);
// The body of a deploy, multipart and metadata.
int fuzzDeploy(Bytes input);
// One line: a route's pattern, an authority, a header's parameters.
int fuzzRoute(Bytes input);
// A configuration file of an app; the first byte says which.
int fuzzAppConfig(Bytes input);
// A URL or an address that a worker sends; an address's bytes; an app's egress rules.
int fuzzEgress(Bytes input);

struct FuzzTarget {
  const char* name;
  int (*run)(Bytes input);
};
std::span<const FuzzTarget> fuzzTargets();

}  // namespace nano::fuzz
