#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

// The hard maxima both sides of the RPC link keep to. "security 3.1" is the project's table of
// limits and of what other systems use; a number without a source is ours and says why.
namespace nano {

inline constexpr size_t kKiB = 1024;

// A body up to this size travels inside its message; a larger one is a stream. 64 KiB: a page of
// HTML or JSON fits, and more than a dozen fit one message.
inline constexpr size_t kMaxInlineBodyBytes = 64 * kKiB;
// The most one ByteSource.read may ask for (security 3.1: 256 KB windows).
inline constexpr size_t kMaxReadBytes = 256 * kKiB;

// One RPC message (security 3.1: 1 MB frame), other than Worker.load, which carries an app. The
// link is closed for a larger one, so whoever puts many bodies into one message has to count.
inline constexpr size_t kMaxMessageBytes = 1 << 20;
// The size of an app's modules together (security 3.1: bundle 10 MB).
inline constexpr size_t kMaxBundleBytes = 10 << 20;
inline constexpr size_t kMaxBundleFiles = 1000;
inline constexpr size_t kMaxModulePathBytes = 255;
// A bundle and its frame.
inline constexpr size_t kMaxLoadMessageBytes = kMaxBundleBytes + kMaxMessageBytes;
// Nesting of pointers (security 3.1). Our schemas use fewer than ten levels.
inline constexpr int kMaxNesting = 32;
// How many words may be read from a message, as a multiple of its size (security 3.1: 4x frame).
inline constexpr unsigned kTraversalFactor = 4;
// Calls of a worker that are open at a time (about 2 KB each). security 3.1 says 1024; every
// request and every fetch may have one, who reads its body: see kMaxExchangesOfWorker.
inline constexpr unsigned kMaxOpenCalls = 9216;
// What the larger of those calls take together. Large ones (answers, logs) are done at once, so an
// honest worker stays far below.
inline constexpr size_t kMaxOpenCallBytes = 16 << 20;
// Capabilities of a worker that the supervisor holds. security 3.1 says 4096; every request and
// every fetch may have two, its body and a way back where a call goes on in two ways.
inline constexpr unsigned kMaxImports = 17408;

// HTTP in (security 3.1): the request's line, its header block, one field, how many fields.
inline constexpr size_t kMaxUrlBytes = 16 * kKiB;
inline constexpr size_t kMaxRequestHeaderBytes = 32 * kKiB;
inline constexpr size_t kMaxHeaderLineBytes = 8 * kKiB;
inline constexpr size_t kMaxRequestHeaders = 100;
inline constexpr uint64_t kMaxRequestBodyBytes = 16 << 20;
// HTTP out (security 3.1): what a tenant's response may carry.
inline constexpr size_t kMaxResponseHeaderBytes = 32 * kKiB;
inline constexpr size_t kMaxResponseHeaders = 128;

// How many calls one App.fetchBatch may carry; more go in the next message of the same turn.
inline constexpr size_t kMaxBatchCalls = 128;
// Requests one app may have in flight in one worker (security 3.1: 1000 per app).
inline constexpr size_t kMaxCallsInFlight = 1000;

// A full batch of the largest requests: URL, fields (their pointers and padding take as much again)
// and body. Clients choose these, so the worker has to take it.
inline constexpr size_t kMaxBatchBytes =
    kMaxBatchCalls * (kMaxUrlBytes + 2 * kMaxRequestHeaderBytes + kMaxInlineBodyBytes);
// The largest message that a worker accepts from its supervisor.
inline constexpr size_t kMaxMessageBytesToWorker =
    kMaxBatchBytes > kMaxLoadMessageBytes ? kMaxBatchBytes : kMaxLoadMessageBytes;
// What may wait in the supervisor for a worker that does not read: all calls of an app, each with
// the largest body that travels inline. A silent worker is killed long before (kHeartbeatGrace).
inline constexpr size_t kMaxBufferedRpcBytes = kMaxCallsInFlight * kMaxInlineBodyBytes;

// The tenant's log (security 3.1): a line, a request's lines together, one RPC call.
inline constexpr size_t kMaxLogLineBytes = 4 * kKiB;
inline constexpr size_t kMaxLogBytesPerRequest = 64 * kKiB;
inline constexpr size_t kMaxLogBatchBytes = 256 * kKiB;
// A JavaScript error as text: message and stack together.
inline constexpr size_t kMaxJsErrorBytes = 8 * kKiB;

// Environment (security 3.1: 64 x 5 KB).
inline constexpr size_t kMaxBindings = 64;
inline constexpr size_t kMaxBindingBytes = 5 * kKiB;

// Timers that live at the same time in one request (security 3.1).
inline constexpr size_t kMaxTimersPerRequest = 1000;

// The way out. How many fetches one Egress.start may begin, and how many of one app in one worker
// may be unanswered: more than kMaxCallsInFlight, so that apps which call each other in a circle
// run into that limit, whose queue has a deadline, and do not wait for each other here.
inline constexpr size_t kMaxBatchFetches = 128;
inline constexpr size_t kMaxFetchesInFlight = 1024;
// Requests and fetches that all apps of one worker have open at a time; past it a fetch is refused.
// Ours: four busy apps share a worker. Honest apps come nowhere near what closes the link:
// kMaxImports and kMaxOpenCalls have room besides for sockets, loads, and requests that come
// meanwhile.
inline constexpr size_t kMaxExchangesOfWorker = 8192;
inline constexpr size_t kLinkRoom = 1024;
static_assert(kMaxExchangesOfWorker >= 4 * (kMaxCallsInFlight + kMaxFetchesInFlight));
static_assert(kMaxOpenCalls >= kMaxExchangesOfWorker + kLinkRoom);
static_assert(kMaxImports >= 2 * kMaxExchangesOfWorker + kLinkRoom);
// Of an app's fetches, on the network: each has a connection and some 80 KB of buffers. More wait.
inline constexpr size_t kMaxNetworkFetches = 256;
// What those that wait keep in memory.
inline constexpr size_t kMaxWaitingFetchBytes = 4 << 20;
// Sockets of one app in one worker that are open at a time. Ours: two pools of a database client.
inline constexpr size_t kMaxSocketsInFlight = 64;
// How many apps a request may pass within the server (security 4.3: U27).
inline constexpr uint8_t kMaxHops = 16;
// What an upstream may answer with (security 3.1: as a tenant's own response; U24).
inline constexpr size_t kMaxUpstreamHeaderBytes = 128 * kKiB;
inline constexpr size_t kMaxUpstreamHeaders = 256;

// How long a request may take until its response's head is there (security 3.1).
inline constexpr std::chrono::milliseconds kDefaultWallLimit{30'000};
// The heartbeat: asked this often, and a worker silent for the CPU limit plus this grace is killed
// (security 3.1: if not dead in +250 ms: SIGKILL; a second leaves room for a loaded machine).
inline constexpr std::chrono::milliseconds kHeartbeatPeriod{500};
inline constexpr std::chrono::milliseconds kHeartbeatGrace{1'000};
// How many times that long a worker may be silent that gets too little CPU time to answer. Ours.
inline constexpr uint32_t kHeartbeatPatience = 5;

}  // namespace nano
