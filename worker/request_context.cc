#include "worker/request_context.h"

#include <utility>

#include <kj/debug.h>

namespace nano {

RequestContext::RequestContext(uint32_t slotNumber, rpc::FetchCall::Reader call,
                               const std::shared_ptr<BufferBudget>& budget)
    : slot(slotNumber),
      callId(call.getId()),
      hops(call.getHops()),
      call_(call) {
  const rpc::Body::Reader body = call.getRequest().getBody();
  if (!body.isStream()) return;
  body_ = std::make_unique<IncomingBody>(BodyStream{body.getStream(), body.getLength()}, budget);
}

void RequestContext::detach() {
  if (isDetached()) return;
  copy_ = std::make_unique<capnp::MallocMessageBuilder>();
  const rpc::Request::Reader from = request();
  auto call = copy_->initRoot<rpc::FetchCall>();
  call.setId(callId);
  call.setRequestId(call_.getRequestId());
  rpc::Request::Builder to = call.initRequest();
  to.setMethod(from.getMethod());
  to.setUrl(from.getUrl());
  to.setHeaders(from.getHeaders());
  to.setClientAddress(from.getClientAddress());
  // A stream is a capability, which this message cannot hold; body_ does.
  if (from.getBody().isBytes()) to.initBody().setBytes(from.getBody().getBytes());
  call_ = call.asReader();
}

void RequestContext::setAnswer(Answer answer) {
  KJ_REQUIRE(!answered_, "a request is answered once", callId);
  answered_ = true;
  answer.callId = callId;
  answer_ = std::move(answer);
}

std::optional<Answer> RequestContext::takeAnswer() {
  if (answer_) {
    answer_->cpu = cpuUsed;
    answer_->late = isDetached();
  }
  return std::exchange(answer_, std::nullopt);
}

bool RequestContext::isStreaming() const {
  KJ_IF_MAYBE(stream, responseBody) {
    return !(*stream)->isFinished();
  }
  return false;
}

}  // namespace nano
