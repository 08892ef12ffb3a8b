@0xa94f06c2d1e7b853;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("nano::rpc");

enum Limit {
  # What one app may use. protocol/app_limits.cc has each one's key, unit, default and maximum.

  none @0;
  cpu @1;
  # JavaScript time of one request, on the CPU clock of its thread.
  cpuAverage @2;
  # The same, averaged over many requests: what a request may take once its app has taken more for
  # long.
  blockedTurn @3;
  # CPU time of one turn of the event loop: so long the other requests of the isolate wait.
  startupCpu @4;
  wall @5;
  # Until the head of the response is there.
  waitUntil @6;
  heap @7;
  buffers @8;
  # ArrayBuffers, WebAssembly memories and bodies, which V8's heap limit does not count.
  inFlight @9;
  # Requests in the app at a time; more wait in its queue.
  queue @10;
  queueTime @11;
  requestRate @12;
  subrequests @13;
  # Fetches and sockets that one request may begin.
  outboundAtOnce @14;
  # Of those, at the same time; more wait.
}

struct LimitBreach {
  # Which limit something ran into; `none` where it was none. Numbers in the unit of the limit.

  limit @0 :Limit;
  allowed @1 :UInt64;
  used @2 :UInt64;
}
