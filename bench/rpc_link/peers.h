#pragma once

#include <cstdint>

#include <kj/io.h>

#include "bench/rpc_link/payload.h"
#include "protocol/event_loop.h"

// Both ends of each variant. A client keeps `concurrency` requests in flight until the load is
// done; a server runs until its client closes the socket.
namespace nano::bench {

// (a) Real Call, Return and Finish messages of rpc.capnp, but for this one method alone: no tables,
// no promises, no capabilities.
void runLeanClient(EventLoop& loop, kj::AutoCloseFd socket, Load& load, uint32_t concurrency);
void runLeanServer(EventLoop& loop, kj::AutoCloseFd socket);

// (b) capnp's RpcSystem over RpcLink, all requests of a turn in one App.fetchBatch.
void runBatchClient(EventLoop& loop, kj::AutoCloseFd socket, Load& load, uint32_t concurrency);
// (c) The same with one call a request.
void runSingleClient(EventLoop& loop, kj::AutoCloseFd socket, Load& load, uint32_t concurrency);
void runRpcServer(EventLoop& loop, kj::AutoCloseFd socket);

}  // namespace nano::bench
