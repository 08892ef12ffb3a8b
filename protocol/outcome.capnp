@0xb5d1c9a4e07f3a21;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("nano::rpc");

enum Outcome {
  # Every way one request, or one load of an app, can end. The names are workerd's where it has one,
  # so that dashboards carry over. supervisor/outcome_reply.cc maps each to an HTTP status.

  unknown @0;
  # Never sent: what a reader sees in place of a newer enumerant is handled like this one.
  ok @1;
  exception @2;
  # The handler threw, rejected or returned something that is not a Response.
  exceededCpu @3;
  exceededMemory @4;
  exceededWallTime @5;
  canceled @6;
  # The client left, or the supervisor dropped the request.
  responseStreamDisconnected @7;
  # The response's body failed after its head was sent.
  internalError @8;
  # Our own fault.
  loadShed @9;
  # Refused because a limit of concurrency was reached.
  scriptNotFound @10;
  startupFailed @11;
  # The app's modules did not compile, link or evaluate.
  workerDied @12;
  # Set by the supervisor alone: the process ended before it answered.
  quarantined @13;
  # Set by the supervisor alone: the app has ended its process too often.
}
