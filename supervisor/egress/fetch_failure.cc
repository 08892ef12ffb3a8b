#include "supervisor/egress/fetch_failure.h"

#include "supervisor/egress/destination.h"
#include "supervisor/http_syntax.h"

namespace nano {
namespace {

using Kind = rpc::EgressFailure::Kind;

EgressError about(const Destination& destination, Kind kind, std::string_view text) {
  return {kind, describe(destination).append(" ").append(text)};
}

// Curl's texts quote what a certificate or a proxy says.
std::string printable(std::string_view text) {
  std::string clean(text);
  for (char& c : clean) {
    if (!isByte(c, kValueByte) || static_cast<unsigned char>(c) >= 0x80) c = '?';
  }
  return clean;
}

bool isAboutTls(CURLcode result) {
  switch (result) {
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return true;
    default:
      return false;
  }
}

// Once there is a connection: what the answer is like.
std::string_view answerProblem(CURLcode result, FetchPhase phase) {
  switch (result) {
    case CURLE_GOT_NOTHING:
      return "closed the connection without an answer";
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
      return phase == FetchPhase::kAnswered ? "broke its answer off"
                                            : "closed the connection before it answered";
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
      return "broke the HTTP/2 stream off";
    case CURLE_OUT_OF_MEMORY:
      // Curl's name for a line of more than 100 KiB, or fields of more than 300.
      return "answered with a head that is too large";
    case CURLE_SEND_FAIL_REWIND:
      return "closed the connection while it was sent the request's body";
    default:
      return "did not answer with valid HTTP";
  }
}

}  // namespace

EgressError deniedFetch(const Destination& destination, std::string_view rule) {
  return about(destination, Kind::DENIED,
               std::string("may not be reached from here (").append(rule).append(")"));
}

EgressError deniedAddresses(const Destination& destination, std::string_view rule) {
  return about(
      destination, Kind::DENIED,
      std::string("has no address that may be reached from here (").append(rule).append(")"));
}

EgressError unknownName(const Destination& destination, const NameNotFound& missing) {
  return {missing.isOverLimit ? Kind::OVER_LIMIT : Kind::NAME_NOT_FOUND,
          "the name " + destination.host + " " + missing.reason};
}

EgressError brokenAnswer(const Destination& destination, std::string_view why) {
  return about(destination, Kind::PROTOCOL,
               std::string("did not answer with valid HTTP: ").append(why));
}

EgressError timedOut(const Destination& destination, std::string_view why) {
  return about(destination, Kind::TIMED_OUT, why);
}

EgressError tooManyConnections(size_t most) {
  return {Kind::OVER_LIMIT, "the tenant's apps have " + std::to_string(most) +
                                " connections already, the most there may be"};
}

EgressError canceledFetch(std::string_view why) { return {Kind::CANCELED, std::string(why)}; }

EgressError internalFailure() { return {Kind::INTERNAL, "the server could not make this request"}; }

EgressError curlFailure(const Destination& destination, CURLcode result, FetchPhase phase,
                        std::string_view detail) {
  if (isAboutTls(result)) {
    return about(destination, Kind::TLS_FAILED,
                 "could not be spoken to over TLS: " + printable(detail));
  }
  if (phase != FetchPhase::kConnecting) {
    return about(destination, Kind::PROTOCOL, answerProblem(result, phase));
  }
  switch (result) {
    case CURLE_OPERATION_TIMEDOUT:
      return timedOut(destination, "could not be connected to in time");
    case CURLE_COULDNT_CONNECT:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
      // The system's word, or a proxy's that refuses.
      return about(destination, Kind::CONNECT_FAILED,
                   "could not be connected to: " + printable(detail));
    default:
      return internalFailure();
  }
}

}  // namespace nano
