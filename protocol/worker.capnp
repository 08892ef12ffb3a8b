@0xe6c47d1a90b85f33;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("nano::rpc");

using Outcome = import "outcome.capnp".Outcome;
using LimitBreach = import "limit.capnp".LimitBreach;
using Http = import "http.capnp";
using Egress = import "egress.capnp".Egress;
using FetchResult = import "egress.capnp".FetchResult;

interface Worker {
  # What a worker process offers its supervisor: the bootstrap capability of their one socket. The
  # supervisor trusts nothing that comes back.

  hello @0 () -> (report :SandboxReport);
  # The first call. Answered once the sandbox is shut and a blank isolate is ready.

  load @1 (version :AppVersion, host :AppHost, egress :Egress)
      -> (outcome :Outcome, error :JsError, app :App, breach :LimitBreach, lacksScheduled :Bool);
  # Compiles, links and evaluates the app's modules in an isolate of their own, under the start-up
  # limit. On `ok` there is an `app`; else `error` says what was wrong, and `breach` which limit was
  # broken, if one was. `lacksScheduled`: the handler has no scheduled(), for whoever deploys it with
  # cron triggers. Dropping `app` disposes of the isolate. Through `egress` the app's own
  # requests leave.

  ping @2 () -> ();
  # The heartbeat. Answered by the loop that runs JavaScript, so that a stuck one is seen.
}

interface App {
  # One loaded version. Many requests share a call: capnp's RPC costs about 4.4 us a call, a
  # batch spreads that over all requests of one turn of the supervisor's loop.

  fetchBatch @0 (calls :List(FetchCall)) -> (answers :List(FetchAnswer));
  # Runs the fetch handler once for each call. What is answered within the turn comes back here, in
  # any order; the rest follows through AppHost.answer. Every id is answered exactly once.

  cancel @1 (ids :List(UInt32));
  # Nobody waits for these any more: their `request.signal` aborts. They are still answered, with
  # `canceled`, unless their answer is already on its way.

  fetched @2 (results :List(FetchResult));
  # How fetches that the app has begun (Egress.start) ended, in any order.
}

interface AppHost {
  # What one app may ask of its supervisor. Identity is the capability: nothing names the app.

  answer @0 (answers :List(FetchAnswer));
  # Answers that were not ready when their batch returned.

  log @1 (lines :List(LogLine));
  # Console output and uncaught errors, in order, at most kMaxLogBatchBytes a call.
}

struct FetchCall {
  id @0 :UInt32;
  # Chosen by the supervisor; unique among the calls of this App that are not answered yet.
  request @1 :Http.Request;
  requestId @2 :Text;
  # For log lines; the client sees it as well.
  hops @3 :UInt8;
  # How many apps of this server the request has passed on its way here; 0 from a client.
  scheduled @4 :ScheduledEvent;
  # Where it is set, scheduled() is called instead of fetch(), and `request` is empty.
  entrypoint @5 :Text;
  # The exported class that answers; empty: the default export.
  props @6 :Text;
  # `ctx.props`, as JSON: what the service binding that the call came by says; empty: none.
  method @7 :Text;
  # A method of the entrypoint, called instead of fetch(): the body of `request` has its arguments,
  # that of the response its result, both as the caller's and the answerer's workers write them.
  # Nothing between them reads either.
}

struct ScheduledEvent {
  cron @0 :Text;
  # As the app wrote it.
  unixMillis @1 :Int64;
  # When it was due.
}

struct FetchAnswer {
  id @0 :UInt32;
  outcome @1 :Outcome;
  response @2 :Http.Response;
  # Only with `ok`.
  cpuMicros @3 :UInt32;
  breach @4 :LimitBreach;
  # With `exceededCpu` and `exceededMemory`.
}

struct LogLine {
  requestId @0 :Text;
  # Empty for what no request caused.
  level @1 :Level;
  message @2 :Text;
  unixMillis @3 :Int64;

  enum Level {
    log @0;
    debug @1;
    info @2;
    warn @3;
    error @4;
  }
}

struct JsError {
  # A JavaScript exception as bounded text; also what `nanoctl deploy` prints when it is refused.

  message @0 :Text;
  stack @1 :Text;
  file @2 :Text;
  line @3 :UInt32;
  column @4 :UInt32;
  # Counted from 1; 0 where V8 does not know.
  sourceLine @5 :Text;
}

struct AppVersion {
  tenant @0 :Text;
  app @1 :Text;
  id @2 :Text;
  mainModule @3 :Text;
  # The path of the module that has `export default`.
  modules @4 :List(Module);
  env @5 :List(Binding);
  limits @6 :List(UInt64);
  # Indexed by Limit. Where the list is too short, or 0, the default of protocol/app_limits.cc holds.
  compatibilityDate @7 :Text;
  compatibilityFlags @8 :List(Text);
  clock @9 :Clock;

  enum Clock {
    # What Date.now() and performance.now() show while JavaScript runs.
    coarse @0;
    # Milliseconds that go on.
    frozen @1;
    # The time of the last event from outside: nothing that runs can be timed (Spectre).
  }

  codegen @10 :Bool;
  # eval(), new Function() and WebAssembly from bytes are allowed: the app asks for it and the
  # operator lets it.
}

struct Module {
  path @0 :Text;
  # Relative to the app's folder, `/` between parts, no `.` or `..`.
  kind @1 :Kind;
  content @2 :Data;

  enum Kind {
    unknown @0;
    esModule @1;
    json @2;
    text @3;
    data @4;
    wasm @5;
    script @6;
    # A classic script, the main module of an app that adds its listeners by addEventListener().
    sourceMap @7;
    # Of the module whose path is this one's without its `.map`.
  }
}

struct Binding {
  name @0 :Text;
  union {
    text @1 :Text;
    json @2 :Text;
    service @3 :Text;
    # An object whose fetch() reaches another app of the tenant: OutboundFetch.service is this
    # binding's name. The text is that app's name, for messages.
  }
}

struct SandboxReport {
  # The worker's own account; the supervisor compares it with /proc and with what it asked for.

  seccompMode @0 :UInt32;
  noNewPrivs @1 :Bool;
  capabilitiesEffective @2 :UInt64;
  landlockAbi @3 :UInt32;
  # 0: this kernel has none.
  layers @4 :List(Text);
  # Names of the layers that are shut, as sandbox/sandbox.h spells them.
  weakened @5 :List(Text);
  # Names of the layers left out on the operator's word.
  v8Version @6 :Text;
}
