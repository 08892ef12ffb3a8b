@0xb56279ede41b8ea6;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("nano::rpc");

using Http = import "http.capnp";

interface Egress {
  # The only way out of one app. Identity is the capability: what may be reached, and how much of it
  # at a time, is decided by the supervisor for the app that it was made for.

  start @0 (fetches :List(OutboundFetch));
  # Begins the fetches of one turn. Each is answered exactly once through App.fetched, however it
  # ends; more than kMaxBatchFetches a call, or an id that is not answered yet, closes the link.

  cancel @1 (ids :List(UInt32));
  # Nobody waits for these any more. Those not answered yet are answered with `canceled`.

  connect @2 (host :Text, port :UInt16, tls :Bool) -> (socket :Socket, failure :EgressFailure);
  # A TCP connection, or with `tls` one whose handshake for `host` is done. Exactly one of the two
  # results is set (`failure` is `none` with a socket). Dropping the call gives it up.
}

struct OutboundFetch {
  id @0 :UInt32;
  # Chosen by the worker; unique among those of this app that are not answered yet.
  request @1 :Http.Request;
  # `url` is absolute, as the URL standard serialises it, without credentials and fragment;
  # `clientAddress` is not used.
  service @2 :Text;
  # The name of a service binding that answers instead of the network; empty: none.
  hops @3 :UInt8;
  # How many apps the request that this one is made for has passed; kMaxHops end it.
  method @4 :Text;
  # Of what `service` leads to: FetchCall.method. Empty: its fetch().
}

struct FetchResult {
  id @0 :UInt32;
  union {
    response @1 :Http.Response;
    # As it came: not decoded, redirects not followed. `body` is `bytes` where all of it was there at
    # once.
    failure @2 :EgressFailure;
  }
}

struct EgressFailure {
  kind @0 :Kind;
  message @1 :Text;
  # A sentence for the app's author: what failed and why, never an address that the app did not name.

  enum Kind {
    none @0;
    denied @1;
    # By policy: nothing was sent.
    nameNotFound @2;
    # DNS has no such name, or did not answer.
    connectFailed @3;
    tlsFailed @4;
    timedOut @5;
    protocol @6;
    # The upstream's answer is not HTTP, is broken off or is larger than allowed.
    overLimit @7;
    # Of the app: too many at a time.
    loop @8;
    canceled @9;
    internal @10;
  }
}

interface Socket {
  # A connection to one checked address. Dropping it closes the connection.

  read @0 (maxBytes :UInt32) -> (bytes :Data, end :Bool);
  # As ByteSource.read. `end`: the peer has ended its side. Fails when the connection breaks.

  write @1 (bytes :Data);
  # At most kMaxReadBytes; returns once there is room for more. One call at a time.

  shutdown @2 ();
  # Ends our side; the peer's may go on.

  startTls @3 (host :Text) -> (failure :EgressFailure);
  # Once, with no read or write under way: from here on bytes are those inside TLS.

  info @4 () -> (remoteAddress :Text, localAddress :Text);
}
