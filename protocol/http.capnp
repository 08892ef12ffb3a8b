@0xd8a3f0be51c2947c;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("nano::rpc");

struct Header {
  # One field line. Names are lower case, but for those of a fetch that an app spells otherwise.
  # Values are bytes, isomorphic to Latin-1 as in the Fetch standard; neither may contain NUL, CR or
  # LF, which the receiver checks again.

  name @0 :Text;
  value @1 :Text;
}

struct Body {
  union {
    none @0 :Void;
    bytes @1 :Data;
    # The whole body, at most kMaxInlineBodyBytes (protocol/limits.h).
    stream @2 :ByteSource;
  }
  length @3 :Int64 = -1;
  # The declared length of a stream, -1 where it is not known.
  upstream @4 :Upstream;
  # With the stream that answers a call (FetchCall.method): takes what the caller goes on to say.
}

interface Upstream {
  # The way back of an answer. Dropping it says that nothing comes.

  attach @0 (source :ByteSource) -> ();
  # Once.
}

interface ByteSource {
  # A body pulled by its reader: bounded memory and back-pressure follow from the shape. Dropping
  # the capability tells the other side that nobody reads on.

  read @0 (maxBytes :UInt32) -> (bytes :Data, end :Bool);
  # Waits for at least one byte or the end; at most `maxBytes`, itself at most kMaxReadBytes. One
  # call at a time. After `end` no further call is made. Fails when the body breaks off.
}

struct Request {
  method @0 :Text;
  url @1 :Text;
  # Absolute: scheme, authority and path as the client sent them, at most kMaxUrlBytes.
  headers @2 :List(Header);
  body @3 :Body;
  clientAddress @4 :Text;
}

struct Response {
  status @0 :UInt16;
  statusText @1 :Text;
  headers @2 :List(Header);
  body @3 :Body;
}
